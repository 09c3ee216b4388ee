namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>Something that a person should look at.</summary>
/// <param name="Class">How urgent it is: <c>bad</c> or <c>warn</c>.</param>
/// <param name="Where">The connection; null if it concerns the whole service.</param>
/// <param name="Text">What it is.</param>
/// <param name="Remedy">What to do; null if the page behind the link says so.</param>
/// <param name="Link">Where to look.</param>
/// <param name="LinkText">What is there.</param>
internal sealed record Attention(
    string Class,
    string? Where,
    string Text,
    string? Remedy,
    string Link,
    string LinkText
);
