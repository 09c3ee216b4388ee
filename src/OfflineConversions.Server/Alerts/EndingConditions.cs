using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Alerts;

/// <summary>Finds what ends soon: the tokens of connections, and the version of the Graph API.</summary>
internal sealed class EndingConditions(
    ConnectionRegistry connections,
    TokenFindings tokens,
    GraphVersions versions,
    TimeProvider time
)
{
    /// <summary>The alerts that hold now.</summary>
    public IEnumerable<Alert> Find() => [.. connections.All.Select(Token).OfType<Alert>(), .. Version()];

    /// <summary>Whether it is not known yet if an alert that was not found holds: Meta has to be asked first.</summary>
    public bool MayStillHold(AlertKey alert) =>
        alert switch
        {
            (AlertName.TokenEnding, { } connection) => connections.Find(connection) is not null
                && !tokens.Has(connection),
            (AlertName.VersionEnding, null) => !versions.IsJudged,
            _ => false,
        };

    private Alert? Token(Connection connection) =>
        tokens.Of(connection) is { } token && token.IsEnding(time.GetUtcNow())
            ? new Alert(
                AlertName.TokenEnding,
                connection.Name,
                token.Valid == false ? DeliveryReason.TokenInvalid : null,
                token.ExpiresAt is { } end
                    ? $"The access token of connection {connection.Name} ends on {TokenDescription.Day(end)}."
                    : $"The access token of connection {connection.Name} is no longer valid.",
                "Generate a system user's token that does not expire and set AccessToken; it is applied without a "
                    + "restart."
            )
            : null;

    private IEnumerable<Alert> Version() =>
        versions.Warnings is { Count: > 0 } warnings
            ?
            [
                new Alert(
                    AlertName.VersionEnding,
                    Connection: null,
                    Reason: null,
                    string.Join(' ', warnings),
                    "Set Graph:ApiVersion to a current version and restart."
                ),
            ]
            : [];
}
