namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// One reason for which Meta refuses a batch. The subcodes were observed in Meta's responses;
/// docs/reference/sandbox.md lists every rule.
/// </summary>
/// <param name="Name">The sandbox's name for it; part of its interface.</param>
/// <param name="Subcode">Meta's <c>error_subcode</c> under code 100.</param>
/// <param name="Title">Becomes <c>error_user_title</c>.</param>
/// <param name="Message">Becomes <c>error_user_msg</c>. Never quotes a value, which may be personal data.</param>
internal sealed record Rule(string Name, int Subcode, string Title, string Message)
{
    /// <summary>
    /// Meta's general subcode for a missing or malformed parameter, used where no specific subcode is known.
    /// </summary>
    public const int ParameterError = 2804019;

    /// <summary>Whether a violation only adds a note to the event.</summary>
    public bool IsNote { get; private init; }

    /// <summary>A rule that refuses nothing: a violation adds a note to the event.</summary>
    public static Rule NoteOnly(string name, string message) =>
        new(name, Subcode: 0, Title: "", message) { IsNote = true };

    /// <summary>A rule that uses the general subcode.</summary>
    public static Rule General(string name, string message) =>
        new(name, ParameterError, "Server Side Api Parameter Error", message);

    public Violation At(string path) => new(this, path);
}

/// <summary>A broken rule and the path of the parameter that breaks it.</summary>
internal sealed record Violation(Rule Rule, string Path);
