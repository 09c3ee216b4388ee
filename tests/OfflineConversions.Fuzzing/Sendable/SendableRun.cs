using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Fuzzing.Previews;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Fuzzing.Sendable;

/// <summary>
/// Accepted means sendable: maps unusual events of every source, in both of Meta's shapes, and checks each accepted
/// payload against the sandbox's rules. None may be refused, because Meta refuses a whole batch for one bad event.
/// </summary>
internal sealed class SendableRun
{
    private const int Seed = 20261128;

    private readonly OddEvents _odd = new();
    private readonly Dictionary<string, RefusedPayload> _refused = new(StringComparer.Ordinal);

    /// <summary>The number of events that the posts held.</summary>
    public int Events { get; private set; }

    /// <summary>The number of accepted payloads.</summary>
    public int Accepted { get; private set; }

    /// <summary>The refused payloads, one for each source, shape, rule and path.</summary>
    public IReadOnlyCollection<RefusedPayload> Refused => _refused.Values;

    /// <summary>Maps and checks the post of a number.</summary>
    public void Check(int index)
    {
        var post = Post(index);
        var shape = post.Api == "ConversionsApi" ? EventShape.ConversionsApi : EventShape.OfflineEvents;
        foreach (var result in CorePreview.Map(post, FuzzingTime.Now))
        {
            Events++;
            foreach (var delivery in result.Outcome == Outcome.Accepted ? result.Deliveries : [])
            {
                Accepted++;
                Check(post, shape, Encoding.UTF8.GetString(delivery.Payload.Span));
            }
        }
    }

    private void Check(PreviewPost post, EventShape shape, string payload)
    {
        using var json = JsonDocument.Parse(payload, CorePreview.Reading);
        if (RuleSets.FirstViolation(new EventCheck(json.RootElement, shape, FuzzingTime.Now)) is not { } violation)
        {
            return;
        }

        var key = $"{post.Source} {post.Api} {violation.Rule.Name} {violation.Path}";
        var refused = _refused.GetValueOrDefault(key)
            ?? new RefusedPayload(key, Times: 0, Encoding.UTF8.GetString(post.Body), payload);
        _refused[key] = refused with { Times = refused.Times + 1 };
    }

    /// <summary>Half of the posts carry Meta's own fields; the others are those of the previews.</summary>
    private PreviewPost Post(int index)
    {
        var random = new Random(unchecked((Seed * 1_000_003) + index));
        var post = _odd[index];
        if (random.Next(2) == 0)
        {
            return post;
        }

        var body = post.Body;
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            body = random.Next(2) == 0 ? MetaFields.Added(body, random) : MetaFields.Replaced(body, random);
        }

        return post with
        {
            Body = CorePreview.CanRead(body) ? body : post.Body,
        };
    }
}

/// <summary>A payload that the service accepts and Meta would refuse.</summary>
/// <param name="Problem">Source, shape, rule and path.</param>
/// <param name="Times">How many payloads have the same problem.</param>
/// <param name="Body">The first body.</param>
/// <param name="Payload">Its payload.</param>
internal sealed record RefusedPayload(string Problem, int Times, string Body, string Payload);
