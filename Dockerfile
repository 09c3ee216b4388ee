# docker build -t offline-conversions .        How to run it: docker-compose.yml and docs/guides/deploy.md

# The base images. To pin them by digest: docs/guides/deploy.md#pin-the-base-images
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
# Chiseled: no shell, no package manager, and a user "app" that is not root.
# -extra: with ICU. Without it, names in decomposed Unicode would be hashed wrongly, and the service refuses to start.
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra

# The version, such as 1.2.3, because the build sees no history: --build-arg VERSION="$(build/version)"
ARG VERSION=

# It builds on the builder's own processor for any other, because the SDK does not run in an emulator; and the image below runs nothing.
FROM --platform=$BUILDPLATFORM $SDK_IMAGE AS build
ARG VERSION
ARG TARGETARCH
WORKDIR /source

# Restore needs the lock files only, so a change of code keeps this layer in the cache.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt BannedSymbols.Awaits.txt ./
COPY src/Directory.Build.props src/Directory.Build.targets src/
COPY src/OfflineConversions/OfflineConversions.csproj src/OfflineConversions/packages.lock.json src/OfflineConversions/
COPY src/OfflineConversions.Meta/OfflineConversions.Meta.csproj src/OfflineConversions.Meta/packages.lock.json src/OfflineConversions.Meta/
COPY src/OfflineConversions.Sandbox/OfflineConversions.Sandbox.csproj src/OfflineConversions.Sandbox/packages.lock.json src/OfflineConversions.Sandbox/
COPY src/OfflineConversions.Server/OfflineConversions.Server.csproj src/OfflineConversions.Server/packages.lock.json src/OfflineConversions.Server/
COPY src/OfflineConversions.Cli/OfflineConversions.Cli.csproj src/OfflineConversions.Cli/packages.lock.json src/OfflineConversions.Cli/
RUN dotnet restore src/OfflineConversions.Server --locked-mode \
    && dotnet restore src/OfflineConversions.Cli --locked-mode \
        -p:AppHostRuntimeIdentifier=linux-$(echo "$TARGETARCH" | sed s/amd64/x64/)

COPY .editorconfig ./
COPY src/ src/
RUN dotnet publish src/OfflineConversions.Server -c Release --no-restore -p:UseAppHost=false -p:MinVerVersionOverride=$VERSION -o /out/app \
    && mkdir /out/data

# The command-line tool: docs/guides/command-line.md#in-the-container. The link puts it on the PATH.
RUN dotnet publish src/OfflineConversions.Cli -c Release --no-restore -p:UseAppHost=true -p:MinVerVersionOverride=$VERSION -o /out/tool \
        -p:AppHostRuntimeIdentifier=linux-$(echo "$TARGETARCH" | sed s/amd64/x64/) \
    && mkdir /out/bin \
    && ln -s /opt/offline-conversions/offline-conversions /out/bin/offline-conversions

# SQLite is included for thirty platforms; the image supports these three.
RUN find /out/app/runtimes -mindepth 1 -maxdepth 1 ! -name linux-x64 ! -name linux-arm64 ! -name linux-arm -exec rm -r {} +

FROM $RUNTIME_IMAGE
ARG VERSION
LABEL org.opencontainers.image.title="OfflineConversions" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.description="Takes sales from mParticle, Segment, RudderStack and Commanders Act and delivers them to Meta." \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /out/app ./
COPY --from=build /out/tool /opt/offline-conversions/
COPY --from=build /out/bin/ /usr/local/bin/

# A new volume inherits the owner of the folder it covers; there is no shell to change it later.
COPY --from=build --chown=$APP_UID:$APP_UID /out/data /data
VOLUME /data
ENV Outbox__Path=/data/outbox.db \
    ASPNETCORE_HTTP_PORTS=8080 \
    OFFLINE_CONVERSIONS_SERVER=http://127.0.0.1:8080

USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["dotnet", "OfflineConversions.Server.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "OfflineConversions.Server.dll"]
