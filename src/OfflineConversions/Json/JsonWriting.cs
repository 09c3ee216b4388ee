namespace OfflineConversions.Json;

/// <summary>
/// Writes members. One that may be absent is left out then, and never written as null or empty.
/// </summary>
internal static class JsonWriting
{
    public static void Text(this JsonOutput output, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            output.Name(name);
            output.Text(value);
        }
    }

    public static void Text(this JsonOutput output, ReadOnlySpan<byte> name, BodyText value)
    {
        if (value.IsAbsent)
        {
            return;
        }

        output.Name(name);
        if (value.Ascii is { IsEmpty: false } ascii)
        {
            output.Text(ascii);
        }
        else
        {
            output.Text(value.ToString());
        }
    }

    public static void Number(this JsonOutput output, ReadOnlySpan<byte> name, long value)
    {
        output.Name(name);
        output.Number(value);
    }

    public static void Number(this JsonOutput output, ReadOnlySpan<byte> name, Number? value)
    {
        if (value is { } number)
        {
            output.Name(name);
            output.Raw(number.Utf8);
        }
    }

    public static void List(this JsonOutput output, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            output.StartArray(name);
            for (var index = 0; index < values.Count; index++)
            {
                output.Text(values[index]);
            }

            output.EndArray();
        }
    }
}
