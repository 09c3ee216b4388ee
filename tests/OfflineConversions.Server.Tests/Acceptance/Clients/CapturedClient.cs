using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Acceptance.Clients;

/// <summary>
/// What a vendor's client sent: one JSON file of this folder, with the response that the client takes for success and
/// the events that must arrive.
/// </summary>
internal sealed partial record CapturedClient(
    string Client,
    [property: JsonPropertyName("answer")] CapturedClient.Success Response,
    IReadOnlyList<CapturedClient.Request> Requests
)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly JsonSerializerOptions AsSent = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static CapturedClient Load(string file)
    {
        using var stream = typeof(CapturedClient).Assembly.GetManifestResourceStream($"clients/{file}")!;
        return JsonSerializer.Deserialize<CapturedClient>(stream, Web)!;
    }

    public sealed record Success(int Status, string? ContentType, string Body);

    /// <param name="Method">The method.</param>
    /// <param name="Path">Path and query.</param>
    /// <param name="Headers">Name and value, in the order and case in which they were sent.</param>
    /// <param name="Body">The JSON, compressed when sent where a header says so.</param>
    /// <param name="Delivers">The events that must arrive.</param>
    public sealed partial record Request(
        string Method,
        string Path,
        IReadOnlyList<string[]> Headers,
        JsonElement Body,
        IReadOnlyList<Delivery> Delivers
    )
    {
        /// <summary>
        /// The bytes as the client would send them now. Only the host, the times and the length differ.
        /// </summary>
        public byte[] Bytes(Uri service, DateTimeOffset now)
        {
            var body = Chunked(Encoded(Current(now)));
            var head = new StringBuilder($"{Method} {Path} HTTP/1.1\r\n");
            foreach (var header in Headers)
            {
                var value = header[1]
                    .Replace("{{host}}", service.Authority, StringComparison.Ordinal)
                    .Replace(
                        "{{length}}",
                        body.Length.ToString(CultureInfo.InvariantCulture),
                        StringComparison.Ordinal
                    );
                head.Append(CultureInfo.InvariantCulture, $"{header[0]}: {value}\r\n");
            }

            return [.. Encoding.ASCII.GetBytes($"{head}\r\n"), .. body];
        }

        private byte[] Current(DateTimeOffset now)
        {
            var milliseconds = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            var json = OtherForm().Replace(JsonSerializer.Serialize(Body, AsSent), form => Text(now, form));
            return Encoding.UTF8.GetBytes(
                json.Replace(
                        "{{now}}",
                        now.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                        StringComparison.Ordinal
                    )
                    .Replace("\"{{now-ms}}\"", milliseconds, StringComparison.Ordinal)
                    .Replace("{{now-ms-text}}", milliseconds, StringComparison.Ordinal)
            );
        }

        /// <summary>The time with the decimals and the offset that <c>{{now 7 +01:00}}</c> states.</summary>
        private static string Text(DateTimeOffset now, Match form)
        {
            var zone = form.Groups["zone"].Value;
            var decimals = int.Parse(form.Groups["decimals"].Value, CultureInfo.InvariantCulture);
            var local =
                zone == "Z" ? now : now.ToOffset(TimeSpan.Parse(zone.TrimStart('+'), CultureInfo.InvariantCulture));
            var fraction =
                decimals == 0
                    ? ""
                    : "." + local.ToString("fffffff", CultureInfo.InvariantCulture).PadRight(9, '0')[..decimals];
            return local.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + fraction + zone;
        }

        private bool Has(string name, string value) =>
            Headers.Any(header => header[0].Equals(name, StringComparison.OrdinalIgnoreCase) && header[1] == value);

        private byte[] Chunked(byte[] body) =>
            !Has("Transfer-Encoding", "chunked")
                ? body
                :
                [
                    .. Encoding.ASCII.GetBytes($"{7:x}\r\n"),
                    .. body[..7],
                    .. Encoding.ASCII.GetBytes($"\r\n{body.Length - 7:x}\r\n"),
                    .. body[7..],
                    .. "\r\n0\r\n\r\n"u8,
                ];

        private byte[] Encoded(byte[] body)
        {
            if (!Has("Content-Encoding", "gzip"))
            {
                return body;
            }

            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(body);
            }

            return packed.ToArray();
        }

        [GeneratedRegex(@"\{\{now (?<decimals>\d) (?<zone>Z|[+-]\d\d:\d\d)\}\}", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex OtherForm();
    }

    /// <param name="EventName">Meta's name of the event.</param>
    /// <param name="Email">The person's e-mail address in clear.</param>
    /// <param name="EmailSha256">The hash of the address, if the client sends a hash.</param>
    public sealed record Delivery(string EventName, string? Email = null, string? EmailSha256 = null);
}
