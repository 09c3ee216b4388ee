using OfflineConversions.Fuzzing.Mutation;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>
/// Unusual but readable posts, made of valid ones of each vendor. A post depends on its number alone, so that a
/// longer run begins with the posts of a shorter one.
/// </summary>
internal sealed class OddEvents
{
    private const int Seed = 20261121;

    // People read what differs, and a few huge bodies would make up most of the file.
    private const int MostBytes = 24 * 1024;

    private static readonly string[] Sources = ["MParticle", "Segment", "RudderStack", "CommandersAct"];
    private static readonly string[] Apis = ["ConversionsApi", "OfflineEvents"];
    private static readonly string?[] Calls = [null, "track", "track", "identify", "page"];

    private readonly Dictionary<string, PreviewSamples> _samples = Sources.ToDictionary(
        source => source,
        source => new PreviewSamples(source)
    );

    /// <summary>The post of a number.</summary>
    public PreviewPost this[int index]
    {
        get
        {
            var random = new Random(unchecked((Seed * 1_000_003) + index));
            var source = Sources[index % Sources.Length];
            var api = Apis[index / Sources.Length % Apis.Length];
            var settings = CorePreview.Settings[index / (Sources.Length * Apis.Length) % CorePreview.Settings.Count];
            var samples = _samples[source];
            var sample = samples.Some(random);
            var call = random.Next(12) == 0 ? Calls[random.Next(Calls.Length)] : sample.Call;
            return new PreviewPost(index, source, api, settings, call, Body(sample, samples, random));
        }
    }

    private static byte[] Body(Sample sample, PreviewSamples samples, Random random)
    {
        // Mutated bytes may no longer be JSON, which never reaches the core: then another mutation is tried.
        for (var tries = 0; tries < 50; tries++)
        {
            var body = Changed(sample, samples, random);
            if (body.Length <= MostBytes && CorePreview.CanRead(body))
            {
                return body;
            }
        }

        return sample.Body;
    }

    private static byte[] Changed(Sample sample, PreviewSamples samples, Random random)
    {
        var body = sample.Body;
        switch (random.Next(20))
        {
            case 0:
                return body;
            case <= 3:
                return JsonMutation.Mutate(body, samples.Bodies, random);
            case 4:
                return OddShapes.WithBadElements(Odd(body, random), random);
            default:
                return Odd(body, random);
        }
    }

    private static byte[] Odd(byte[] body, Random random)
    {
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            body = random.Next(12) switch
            {
                0 => OddShapes.WithOtherArity(body, random),
                1 or 2 => OddShapes.WithUnknownMember(body, random),
                3 => OddShapes.WithoutMember(body, random),
                4 => OddShapes.Nested(body, random),
                _ => OddShapes.WithOddValue(body, random),
            };
        }

        return body;
    }
}

/// <summary>One post, and the connection that it comes in on.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Source">The vendor.</param>
/// <param name="Api">Which of Meta's APIs the connection speaks.</param>
/// <param name="Settings">The name of the connection's settings.</param>
/// <param name="Call">The call that the path names, if it does.</param>
/// <param name="Body">The body, JSON that the service would read.</param>
internal sealed record PreviewPost(int Index, string Source, string Api, string Settings, string? Call, byte[] Body);
