using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// A response of Meta: a line with the status, lines with headers, an empty line, the body. Every response has a next
/// step, and every wait is a time that delivery can add. Events count as delivered only if Meta counted them or says
/// that it already has them.
/// </summary>
internal sealed class GraphTarget() : Target("graph")
{
    private const int HadBefore = 2044011;

    public override long MostAllocated(int inputBytes) => 256 * 1024 + (64L * inputBytes);

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        if (random.Next(4) == 0)
        {
            return ByteMutation.Mutate(input, others, random);
        }

        // Mutates the JSON of a header or of the body as JSON.
        var starts = Enumerable
            .Range(0, input.Length)
            .Where(at => input[at] is (byte)'{' or (byte)'[' && at > 1 && input[at - 1] is (byte)'\n' or (byte)' ')
            .ToArray();
        var start = starts.Length == 0 ? input.Length : starts[random.Next(starts.Length)];
        var end = start < input.Length && input[start - 1] == ' ' ? input.AsSpan(start).IndexOf((byte)'\n') : -1;
        end = end < 0 ? input.Length : start + end;
        return ByteMutation.Replaced(input, start, end - start, JsonMutation.Mutate(input[start..end], others, random));
    }

    public override string? Run(byte[] input)
    {
        var (line, rest) = Lines.Cut(input);
        var status = int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? Math.Clamp(given, 100, 999)
            : 200;
        using var response = new HttpResponseMessage();
        for ((line, rest) = Lines.Cut(rest); line.Length > 0; (line, rest) = Lines.Cut(rest))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                response.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 1)..].Trim());
            }
        }

        return Judge(status, response.Headers, rest, sent: 1) ?? Judge(status, response.Headers, rest, sent: 1000);
    }

    public override void Dispose() { }

    private static string? Judge(int status, HttpResponseHeaders headers, byte[] body, int sent)
    {
        var answer = GraphResponse.Read(status, headers, body, FuzzingTime.Now);
        var verdict = Classifier.Classify(answer, sent);
        var wait = verdict is NextStep.Retry retry ? retry.After : null;
        _ =
            FuzzingTime.Now
            + (answer.Wait ?? TimeSpan.Zero)
            + (wait ?? TimeSpan.Zero)
            + (UsageSchedule.Wait(answer.Usage) ?? TimeSpan.Zero);
        Encoding.UTF8.GetByteCount($"{answer}");
        return answer.Wait < TimeSpan.Zero || !(answer.Usage >= 0) ? "an impossible wait or usage"
            : answer.TraceId?.Length > 200 ? "a text without a limit"
            : verdict is NextStep.Bury && sent > 1 ? "many events buried for one response"
            : verdict is NextStep.Complete
            && answer.Error?.Subcode != HadBefore
            && (answer.Received != sent || status is < 200 or > 299 || answer.Error is not null)
                ? "delivered what Meta did not count"
            : null;
    }
}
