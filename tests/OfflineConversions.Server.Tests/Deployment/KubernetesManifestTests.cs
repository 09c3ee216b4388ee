using System.Globalization;
using System.Net;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Tests.Ingestion;
using YamlDotNet.Core;

namespace OfflineConversions.Server.Tests.Deployment;

/// <summary>
/// The manifests in <c>deploy/kubernetes</c>. Reading them refuses a field that Kubernetes does not know.
/// </summary>
public sealed class KubernetesManifestTests
{
    public static TheoryData<string> Providers => Manifests.Providers;

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_is_found()
    {
        var wrong = File.ReadAllText(Manifests.FileOf("Sqlite"))
            .Replace("readOnlyRootFilesystem", "readonlyRootFilesystem", StringComparison.Ordinal);

        FluentActions.Invoking(() => Manifests.Parse(wrong)).Should().Throw<YamlException>();
    }

    [Fact]
    public void A_file_of_SQLite_has_never_two_writers()
    {
        var manifests = Manifests.Of("Sqlite");

        // Of a StatefulSet, two pods with the same name never run, whatever its strategy.
        manifests.Objects.OfType<V1Deployment>().Should().BeEmpty();
        var set = manifests.Single<V1StatefulSet>().Spec;
        set.Replicas.Should().Be(1);
        var claim = set.VolumeClaimTemplates.Single();
        claim.Spec.AccessModes.Should().Equal("ReadWriteOnce");
        var volume = manifests.Container.VolumeMounts.Single(mount => mount.Name == claim.Metadata.Name);
        manifests.Settings["Outbox:Path"].Should().StartWith(volume.MountPath + "/");
    }

    [Fact]
    public void Replicas_on_PostgreSQL_are_replaced_one_by_one_and_share_no_file()
    {
        var manifests = Manifests.Of("PostgreSql");

        var deployment = manifests.Single<V1Deployment>().Spec;
        deployment.Replicas.Should().BeGreaterThan(1);
        deployment.Strategy.Type.Should().Be("RollingUpdate");
        deployment.Strategy.RollingUpdate.MaxUnavailable.Value.Should().Be("0");
        manifests.Single<V1PodDisruptionBudget>().Spec.MaxUnavailable.Value.Should().Be("1");
        manifests.Pod.Spec.Volumes.Should().OnlyContain(volume => volume.PersistentVolumeClaim == null);
        manifests.Settings.Should().NotContainKey("Outbox:Path");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Every_setting_exists_and_no_secret_is_an_environment_variable(string provider)
    {
        var known = new DocumentationPage("docs/reference/configuration.md").Names("service");
        var manifests = Manifests.Of(provider);
        var secrets = manifests.Container.VolumeMounts.Single(mount => mount.Name == "secrets");

        manifests.Settings.Keys.Should().BeSubsetOf(known);
        manifests.Settings["Outbox:Provider"].Should().Be(provider);
        foreach (var (name, value) in manifests.Settings)
        {
            known.Should().NotContain(name + "File", "{0} would be a secret in the environment", name);
            if (name.EndsWith("File", StringComparison.Ordinal))
            {
                value.Should().StartWith(secrets.MountPath + "/");
            }
        }

        manifests.Container.Env.Should().OnlyContain(variable => variable.ValueFrom == null);
        manifests.Objects.Should().NotContain(one => one is V1Secret);
        secrets.ReadOnlyProperty.Should().BeTrue();
        manifests
            .Pod.Spec.Volumes.Single(volume => volume.Name == "secrets")
            .Secret.DefaultMode.Should()
            .Be(Convert.ToInt32("440", 8), "the group of the pod may read them");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void The_container_can_do_nothing_but_its_job(string provider)
    {
        var manifests = Manifests.Of(provider);
        var pod = manifests.Pod.Spec;
        var dockerfile = File.ReadAllText(Path.Combine(DocumentationPage.Root, "Dockerfile"));

        pod.AutomountServiceAccountToken.Should().BeFalse();
        pod.SecurityContext.RunAsNonRoot.Should().BeTrue();
        pod.SecurityContext.RunAsUser.Should().Be(1654);
        pod.SecurityContext.FsGroup.Should().Be(1654);
        pod.SecurityContext.SeccompProfile.Type.Should().Be("RuntimeDefault");
        dockerfile.Should().Contain("USER $APP_UID", "the base image's user, whose id is 1654");
        var context = manifests.Container.SecurityContext;
        context.ReadOnlyRootFilesystem.Should().BeTrue();
        context.AllowPrivilegeEscalation.Should().BeFalse();
        context.Capabilities.Drop.Should().Equal("ALL");
        manifests.Container.VolumeMounts.Select(mount => mount.MountPath).Should().Contain("/tmp");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_probe_asks_a_route_that_responds(string provider)
    {
        var container = Manifests.Of(provider).Container;
        await using var service = await ServiceUnderTest.StartAsync();

        foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
        {
            container.Ports.Select(port => port.Name).Should().Contain(probe.HttpGet.Port.Value);
            (await service.Http.GetAsync(probe.HttpGet.Path)).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        container.LivenessProbe.HttpGet.Path.Should().Be("/healthz");
        container.ReadinessProbe.HttpGet.Path.Should().Be("/readyz");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void A_stop_has_the_time_that_the_service_takes(string provider)
    {
        var manifests = Manifests.Of(provider);
        var pause = TimeSpan.FromSeconds(manifests.Container.Lifecycle.PreStop.Sleep.Seconds);
        var host = new HostOptions().ShutdownTimeout;

        host.Should().BeGreaterThan(new ServiceOptions().Delivery.DrainTimeout);
        TimeSpan
            .FromSeconds(manifests.Pod.Spec.TerminationGracePeriodSeconds!.Value)
            .Should()
            .BeGreaterThan(pause + host);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Everything_selects_the_pod_and_names_its_ports(string provider)
    {
        var manifests = Manifests.Of(provider);
        var ports = manifests.Container.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
        var policy = manifests.Single<V1NetworkPolicy>().Spec;

        manifests
            .Objects.OfType<V1Service>()
            .Select(service => service.Spec.Selector)
            .Append(policy.PodSelector.MatchLabels)
            .Concat(manifests.Objects.OfType<V1PodDisruptionBudget>().Select(one => one.Spec.Selector.MatchLabels))
            .Should()
            .AllSatisfy(selector => selector.Should().BeSubsetOf(manifests.Pod.Metadata.Labels));
        manifests
            .Objects.OfType<V1Service>()
            .SelectMany(service => service.Spec.Ports)
            .Select(port => port.TargetPort.Value)
            .Should()
            .BeEquivalentTo(ports.Keys);
        policy
            .Ingress.SelectMany(rule => rule.Ports)
            .Select(port => int.Parse(port.Port.Value, CultureInfo.InvariantCulture))
            .Should()
            .BeEquivalentTo(ports.Values);
        ports["operator"].ToString(CultureInfo.InvariantCulture).Should().Be(manifests.Settings["Admin:Port"]);
    }
}
