using System.Buffers;
using System.Globalization;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// The stored form of the ids in clear text, version 1: for each, the distance of its event from the one before, its
/// form, and the text. The usual form of a UUID takes 16 bytes.
/// </summary>
internal static class JournalTextFormat
{
    private const byte Version = 1;
    private const int AsText = 0;
    private const int AsUuid = 1;
    private const int UuidBytes = 16;

    public static void Write(IReadOnlyList<JournalText> texts, ArrayBufferWriter<byte> output)
    {
        output.Write([Version]);
        var before = 0;
        foreach (var (place, text) in texts)
        {
            output.WriteNumber(place - before);
            before = place;
            if (Guid.TryParseExact(text, "D", out var uuid) && Written(uuid) == text)
            {
                output.WriteNumber(AsUuid);
                uuid.TryWriteBytes(output.GetSpan(UuidBytes));
                output.Advance(UuidBytes);
            }
            else
            {
                output.WriteNumber(AsText);
                output.WriteText(text);
            }
        }
    }

    /// <summary>Reads as many as are intact. Never throws, whatever the bytes are.</summary>
    public static IReadOnlyList<JournalText> Read(ReadOnlySpan<byte> stored)
    {
        var texts = new List<JournalText>();
        if (stored.IsEmpty || stored[0] != Version)
        {
            return texts;
        }

        var input = new VarintReader(stored[1..]);
        var place = 0;
        while (!input.IsAtEnd)
        {
            place += input.Count(JournalBlock.MostEvents);
            var isUuid = input.Count(AsUuid) == AsUuid;
            var text = isUuid ? ReadUuid(input.Bytes(UuidBytes)) : input.Text();
            if (input.Failed)
            {
                break;
            }

            texts.Add(new JournalText(place, text));
        }

        return texts;
    }

    private static string ReadUuid(ReadOnlySpan<byte> bytes) =>
        bytes.Length == UuidBytes ? Written(new Guid(bytes)) : string.Empty;

    private static string Written(Guid uuid) => uuid.ToString("D", CultureInfo.InvariantCulture);
}
