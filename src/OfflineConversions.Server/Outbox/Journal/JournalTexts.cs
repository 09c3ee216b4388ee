using System.Buffers;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The texts that the kinds of a block refer to by number. Zero means none.</summary>
internal sealed class JournalTexts
{
    private const int MostTexts = 1 << 20;

    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The number of a text that was added.</summary>
    public int this[string? text] => text is null ? 0 : _numbers[text];

    /// <summary>Adds the texts of a kind.</summary>
    public void Add(JournalKind kind)
    {
        Add(kind.Connection);
        Add(kind.Source);
        Add(kind.EventName);
        Add(kind.Reason);
        foreach (var warning in kind.Warnings)
        {
            Add(warning);
        }

        foreach (var target in kind.Targets)
        {
            Add(target.EventName);
        }
    }

    public void WriteTo(ArrayBufferWriter<byte> output)
    {
        output.WriteNumber(_texts.Count);
        _texts.ForEach(output.WriteText);
    }

    public static JournalTexts Read(ref VarintReader input)
    {
        var texts = new JournalTexts();
        for (var left = input.Count(MostTexts); left > 0 && !input.Failed; left--)
        {
            texts._texts.Add(input.Text());
        }

        return texts;
    }

    /// <summary>The text whose number follows.</summary>
    public string Required(ref VarintReader input)
    {
        var text = Optional(ref input);
        input.Require(text is not null);
        return text ?? string.Empty;
    }

    /// <summary>The text whose number follows, if there is one.</summary>
    public string? Optional(ref VarintReader input)
    {
        var number = input.Count(_texts.Count);
        return number == 0 ? null : _texts[number - 1];
    }

    private void Add(string? text)
    {
        if (text is not null && _numbers.TryAdd(text, _texts.Count + 1))
        {
            _texts.Add(text);
        }
    }
}
