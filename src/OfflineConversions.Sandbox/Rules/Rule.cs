namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// One thing Meta refuses a batch for. Sub-codes: what Meta has been seen to answer; docs/sandbox.md lists them all.
/// </summary>
/// <param name="Name">Our name for it; part of the interface.</param>
/// <param name="Subcode">Meta's <c>error_subcode</c> under code 100.</param>
/// <param name="Title">Becomes <c>error_user_title</c>.</param>
/// <param name="Message">Becomes <c>error_user_msg</c>. Never quotes a value: it may be personal.</param>
internal sealed record Rule(string Name, int Subcode, string Title, string Message)
{
    /// <summary>Meta's sub-code for a parameter that is missing or malformed and has no sub-code of its own.</summary>
    public const int ParameterError = 2804019;

    /// <summary>Whether it only earns the event a remark.</summary>
    public bool IsRemark { get; private init; }

    /// <summary>A rule that refuses nothing: the event is taken with a remark.</summary>
    public static Rule Remark(string name, string message) =>
        new(name, Subcode: 0, Title: "", message) { IsRemark = true };

    /// <summary>A rule under the general sub-code.</summary>
    public static Rule General(string name, string message) =>
        new(name, ParameterError, "Server Side Api Parameter Error", message);

    public Violation At(string path) => new(this, path);
}

/// <summary>A rule an event breaks, and where.</summary>
internal sealed record Violation(Rule Rule, string Path);
