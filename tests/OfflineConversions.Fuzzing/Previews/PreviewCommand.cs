using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>
/// Writes down what the core makes of unusual posts, one line of JSON each. A program that maps them alike writes the
/// same file, byte for byte, which is how a refactoring shows that it changed nothing. Given a file instead of a
/// number, the posts in it are mapped again: a comparison then depends on neither the golden events nor the mutations.
/// </summary>
internal static class PreviewCommand
{
    /// <summary>How it is called.</summary>
    public const string Usage = "previews (number of posts | file written before) output.ndjson";

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] args)
    {
        if (args.Length != 2 || Posts(args[0]) is not { } posts)
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }

        var (lines, refused, outcomes) = (0, 0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        using var output = File.Create(args[1]);
        foreach (var post in posts)
        {
            var results = Write(output, post);
            lines++;
            refused += results.Count == 0 ? 1 : 0;
            foreach (var outcome in results)
            {
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }

        var shares = outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}");
        Console.WriteLine($"{lines} posts, {refused} of them without events; events: {string.Join(", ", shares)}");
        return 0;
    }

    private static IEnumerable<PreviewPost>? Posts(string numberOrFile)
    {
        if (int.TryParse(numberOrFile, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var events = new OddEvents();
            return Enumerable.Range(0, number).Select(index => events[index]);
        }

        return File.Exists(numberOrFile) ? File.ReadLines(numberOrFile).Select(Read) : null;
    }

    private static IReadOnlyList<string> Write(Stream output, PreviewPost post)
    {
        using var writer = new Utf8JsonWriter(output, Readable);
        writer.WriteStartObject();
        writer.WriteNumber("index", post.Index);
        writer.WriteString("source", post.Source);
        writer.WriteString("api", post.Api);
        writer.WriteString("settings", post.Settings);
        writer.WriteString("call", post.Call);
        if (Utf8.IsValid(post.Body))
        {
            writer.WriteString("body", post.Body);
        }
        else
        {
            writer.WriteBase64String("bytes", post.Body);
        }

        var results = CorePreview.Write(writer, post, FuzzingTime.Now);
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
        return results;
    }

    private static PreviewPost Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        var post = json.RootElement;
        var body = post.TryGetProperty("body", out var text)
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : post.GetProperty("bytes").GetBytesFromBase64();
        var index = post.GetProperty("index").GetInt32();
        return new PreviewPost(index, Text("source")!, Text("api")!, Text("settings")!, Text("call"), body);

        string? Text(string name) => post.GetProperty(name).GetString();
    }
}
