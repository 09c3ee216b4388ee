namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A theory in a real browser; where there is none, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserFactAttribute.Reason;
}
