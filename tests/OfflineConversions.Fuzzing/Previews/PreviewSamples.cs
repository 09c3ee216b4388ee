using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>
/// The valid events of one vendor that odd ones are made of: the golden events, and one that has every field, so that
/// each is replaced often enough.
/// </summary>
internal sealed class PreviewSamples
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Sample _full;
    private readonly List<Sample> _golden = [];

    /// <param name="source">The vendor.</param>
    public PreviewSamples(string source)
    {
        _full = new Sample(Bytes(Parse(FullEvents()).GetProperty(source)), Call: null);
        var folder = Path.Combine(Corpus.Tests, "OfflineConversions.Tests", "Golden", source.ToLowerInvariant());
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var golden = Parse(file);
            _golden.Add(new Sample(Bytes(golden.GetProperty("body")), golden.GetProperty("call").GetString()));
        }

        Bodies = [_full.Body, .. _golden.Select(sample => sample.Body)];
    }

    /// <summary>The bodies of all.</summary>
    public IReadOnlyList<byte[]> Bodies { get; }

    /// <summary>One of them.</summary>
    public Sample Some(Random random) => random.Next(2) == 0 ? _full : _golden[random.Next(_golden.Count)];

    private static JsonElement Parse(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return json.RootElement.Clone();
    }

    private static byte[] Bytes(JsonElement json) =>
        Encoding.UTF8.GetBytes(JsonNode.Parse(json.GetRawText())!.ToJsonString(Readable));

    private static string FullEvents([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "full-events.json");
}

/// <summary>A valid post.</summary>
/// <param name="Body">Its body.</param>
/// <param name="Call">The call that the path names, if it does.</param>
internal sealed record Sample(byte[] Body, string? Call);
