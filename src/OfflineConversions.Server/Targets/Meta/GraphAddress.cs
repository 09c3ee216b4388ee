namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Where Graph is. Asked for each request, because the sandbox of this process learns its port only after Kestrel has
/// started.
/// </summary>
internal sealed class GraphAddress(Func<Uri> where)
{
    /// <summary>The address requests go to; it may hold a path.</summary>
    public Uri Current => where();
}
