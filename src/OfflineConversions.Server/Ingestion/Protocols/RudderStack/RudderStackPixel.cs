using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Server.Ingestion.Protocols.RudderStack;

/// <summary>
/// RudderStack's pixel: an image that AMP pages and e-mails request, with the event in the query. Each parameter is a
/// path into the message (<c>properties.products.0.price=12.45</c>) and each value is text. Source: RudderStack, "Pixel
/// tracking", and its gateway.
/// </summary>
internal static class RudderStackPixel
{
    private const int MostParts = 32;

    /// <summary>A transparent image of one pixel.</summary>
    private static readonly byte[] Image = Convert.FromBase64String(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
    );

    /// <summary>The response to an event that was accepted.</summary>
    public static VendorResponse Success { get; } = VendorResponse.Image(StatusCodes.Status200OK, "image/gif", Image);

    /// <summary>The message that a query describes.</summary>
    /// <remarks>
    /// It gets no time: an event without one counts as received now, and the same image requested again as a repeat.
    /// </remarks>
    public static ReadOnlyMemory<byte> Read(IQueryCollection query)
    {
        var message = new Node();
        message.At("channel").Text = "web";
        foreach (var (name, values) in query)
        {
            // The path states the type, and the key is not part of the message.
            var parts = name.Split('.');
            if (name is not ("type" or "writeKey") && parts.Length <= MostParts && !parts.Contains(string.Empty))
            {
                var value = values[0] ?? string.Empty;
                parts.Aggregate(message, (node, part) => node.At(part)).Text =
                    name == "anonymousId" ? Unquote(value) : value;
            }
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            message.Write(writer);
        }

        return json.ToArray();
    }

    private static string Unquote(string text) => text is ['"', .. var inner, '"'] ? inner : text;

    /// <summary>A value, an object, or an array if all its names are numbers.</summary>
    private sealed class Node
    {
        private readonly OrderedDictionary<string, Node> _children = new(StringComparer.Ordinal);

        public string Text { get; set; } = string.Empty;

        public Node At(string name)
        {
            if (!_children.TryGetValue(name, out var child))
            {
                _children[name] = child = new Node();
            }

            return child;
        }

        public void Write(Utf8JsonWriter writer)
        {
            if (_children.Count == 0)
            {
                writer.WriteStringValue(Text);
            }
            else if (_children.Keys.All(name => Position(name) is not null))
            {
                // Positions that are left out cost nothing, however large the numbers are.
                writer.WriteStartArray();
                foreach (var (_, child) in _children.OrderBy(child => Position(child.Key)))
                {
                    child.Write(writer);
                }

                writer.WriteEndArray();
            }
            else
            {
                writer.WriteStartObject();
                foreach (var (name, child) in _children)
                {
                    writer.WritePropertyName(name);
                    child.Write(writer);
                }

                writer.WriteEndObject();
            }
        }

        private static int? Position(string name) =>
            int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;
    }
}
