using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>
/// One call to <c>/{version}/{dataset}/events</c> as it arrived, in any of the forms Graph reads: JSON, JSON in JSON,
/// form, multipart.
/// </summary>
internal sealed class GraphRequest : IDisposable
{
    private static readonly FormOptions Form = new()
    {
        ValueLengthLimit = int.MaxValue,
        BufferBodyLengthLimit = int.MaxValue,
        MultipartBodyLengthLimit = int.MaxValue,
    };

    // Custom data may nest deeper than a parser's usual 64 levels.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly List<JsonDocument> _documents = [];

    private GraphRequest(int bytes) => Bytes = bytes;

    public int Bytes { get; }

    public JsonElement[] Events { get; private set; } = [];

    /// <summary>The first event says which API the caller speaks.</summary>
    public EventShape Shape { get; private set; }

    public string? TokenFingerprint { get; private set; }

    /// <summary><c>body</c>, <c>query</c> or <c>header</c>.</summary>
    public string? TokenIn { get; private set; }

    public string? AppSecretProof { get; private set; }

    public string? UploadTag { get; private set; }

    public string? TestEventCode { get; private set; }

    public string? PartnerAgent { get; private set; }

    /// <summary>Why the body could not be read; null when it could.</summary>
    public string? Defect { get; private set; }

    public static async Task<GraphRequest> Read(HttpRequest http)
    {
        // It grows with what arrives, up to the server's limit for a body: a Content-Length is only a promise.
        using var copy = new MemoryStream();
        await http.Body.CopyToAsync(copy, http.HttpContext.RequestAborted);
        var body = new ReadOnlyMemory<byte>(copy.GetBuffer(), 0, (int)copy.Length);
        var request = new GraphRequest(body.Length);
        try
        {
            if (http.Headers.ContentEncoding.Count > 0)
            {
                request.Defect = "Compressed request bodies are not documented by Meta: send the body as it is";
            }
            else if (http.HasFormContentType)
            {
                http.Body = new MemoryStream(copy.GetBuffer(), 0, (int)copy.Length, writable: false);
                request.ReadForm(await http.ReadFormAsync(Form, http.HttpContext.RequestAborted));
            }
            else
            {
                request.ReadJson(body);
            }
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidDataException or InvalidOperationException)
        {
            // InvalidOperationException is what System.Text.Json throws for a text that is no Unicode.
            request.Defect = "The body is neither a JSON object nor a form";
        }

        request.ReadAddress(http);
        return request;
    }

    /// <summary>The name and the id of each event, null where they are missing or no text.</summary>
    public IReadOnlyList<(string? Name, string? Id)> Names() =>
        [.. Events.Select(e => (EventText(e, "event_name"), EventText(e, "event_id")))];

    public void Dispose()
    {
        foreach (var document in _documents)
        {
            document.Dispose();
        }
    }

    private void ReadForm(IFormCollection form)
    {
        Fields(name => form[name]);
        ReadEvents(Parse(form["data"].ToString()));
    }

    private void ReadJson(ReadOnlyMemory<byte> body)
    {
        var document = JsonDocument.Parse(body, Deep);
        _documents.Add(document);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            Defect = "The body must be a JSON object";
            return;
        }

        Fields(name => Text(root, name));
        if (root.TryGetProperty("data", out var data))
        {
            ReadEvents(data.ValueKind == JsonValueKind.String ? Parse(data.GetString()) : data);
        }
    }

    private void Fields(Func<string, string?> field)
    {
        Token(field("access_token"), "body");
        AppSecretProof = field("appsecret_proof");
        UploadTag = field("upload_tag");
        TestEventCode = field("test_event_code");
        PartnerAgent = field("partner_agent");
    }

    private string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Defect ??= $"Param {name} must be a string";
        return null;
    }

    private JsonElement Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        var document = JsonDocument.Parse(text, Deep);
        _documents.Add(document);
        return document.RootElement;
    }

    private void ReadEvents(JsonElement data)
    {
        if (data.ValueKind is JsonValueKind.Array)
        {
            Events = [.. data.EnumerateArray()];
            Shape =
                Events is [{ ValueKind: JsonValueKind.Object } first, ..]
                && first.TryGetProperty("match_keys", out _)
                && !first.TryGetProperty("user_data", out _)
                    ? EventShape.OfflineEvents
                    : EventShape.ConversionsApi;
        }
        else if (data.ValueKind is not JsonValueKind.Undefined)
        {
            Defect ??= "Param data must be an array";
        }
    }

    private void ReadAddress(HttpRequest http)
    {
        Token(http.Query["access_token"], "query");
        AppSecretProof ??= http.Query["appsecret_proof"];
        if (
            http.Headers[HeaderNames.Authorization].ToString() is var header
            && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        )
        {
            Token(header["Bearer ".Length..], "header");
        }
    }

    private static string? EventText(JsonElement e, string name)
    {
        try
        {
            return
                e.ValueKind == JsonValueKind.Object
                && e.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void Token(string? token, string place)
    {
        if (TokenFingerprint is null && !string.IsNullOrWhiteSpace(token))
        {
            TokenFingerprint = AccessToken.Fingerprint(token.Trim());
            TokenIn = place;
        }
    }
}
