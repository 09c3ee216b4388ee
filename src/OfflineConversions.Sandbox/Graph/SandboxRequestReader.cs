using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>
/// Reads a call in any of the forms that Graph accepts: JSON, JSON with the events as a JSON string, URL-encoded form,
/// multipart form. Source: Meta, "Using the API".
/// </summary>
internal sealed class SandboxRequestReader
{
    private static readonly FormOptions Form = new()
    {
        ValueLengthLimit = int.MaxValue,
        BufferBodyLengthLimit = int.MaxValue,
        MultipartBodyLengthLimit = int.MaxValue,
    };

    // Custom data may be nested deeper than the parser's default of 64 levels.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly List<JsonDocument> _documents = [];
    private JsonElement[] _events = [];
    private string? _tokenFingerprint;
    private string? _tokenIn;
    private RequestFields _fields = RequestFields.None;
    private string? _defect;

    private SandboxRequestReader() { }

    public static async Task<SandboxRequest> Read(HttpRequest http)
    {
        // The buffer grows with the bytes that arrive, up to the server's body limit. Content-Length is not trusted.
        using var copy = new MemoryStream();
        await http.Body.CopyToAsync(copy, http.HttpContext.RequestAborted);
        var body = new ReadOnlyMemory<byte>(copy.GetBuffer(), 0, (int)copy.Length);

        var reader = new SandboxRequestReader();
        await reader.ReadBody(http, body);
        reader.ReadQueryAndHeaders(http);
        return new()
        {
            Bytes = body.Length,
            Events = reader._events,
            TokenFingerprint = reader._tokenFingerprint,
            TokenIn = reader._tokenIn,
            Fields = reader._fields,
            Defect = reader._defect,
            Documents = reader._documents,
        };
    }

    private async Task ReadBody(HttpRequest http, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (http.Headers.ContentEncoding.Count > 0)
            {
                _defect = "Compressed request bodies are not documented by Meta: send the body uncompressed";
            }
            else if (http.HasFormContentType)
            {
                http.Body = new MemoryStream(body.ToArray(), writable: false);
                var form = await http.ReadFormAsync(Form, http.HttpContext.RequestAborted);
                ReadFields(name => form[name]);
                ReadEvents(Parse(form["data"].ToString()));
            }
            else
            {
                ReadJson(body);
            }
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or InvalidDataException or InvalidOperationException)
        {
            // System.Text.Json throws InvalidOperationException for a string that is not valid Unicode.
            _defect = "The body is neither a JSON object nor a form";
        }
    }

    private void ReadJson(ReadOnlyMemory<byte> body)
    {
        var document = JsonDocument.Parse(body, Deep);
        _documents.Add(document);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            _defect = "The body must be a JSON object";
            return;
        }

        ReadFields(name => Text(root, name));
        if (root.TryGetProperty("data", out var data))
        {
            ReadEvents(data.ValueKind == JsonValueKind.String ? Parse(data.GetString()) : data);
        }
    }

    private void ReadFields(Func<string, string?> field)
    {
        ReadToken(field("access_token"), "body");
        _fields = new(field("appsecret_proof"), field("upload_tag"), field("test_event_code"), field("partner_agent"));
    }

    private void ReadEvents(JsonElement data)
    {
        if (data.ValueKind is JsonValueKind.Array)
        {
            _events = [.. data.EnumerateArray()];
        }
        else if (data.ValueKind is not JsonValueKind.Undefined)
        {
            _defect ??= "Param data must be an array";
        }
    }

    private void ReadQueryAndHeaders(HttpRequest http)
    {
        ReadToken(http.Query["access_token"], "query");
        if (_fields.AppSecretProof is null)
        {
            _fields = _fields with { AppSecretProof = http.Query["appsecret_proof"] };
        }

        var authorization = http.Headers[HeaderNames.Authorization].ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            ReadToken(authorization["Bearer ".Length..], "header");
        }
    }

    /// <summary>The first token counts: body, then query, then header.</summary>
    private void ReadToken(string? token, string place)
    {
        if (_tokenFingerprint is null && !string.IsNullOrWhiteSpace(token))
        {
            _tokenFingerprint = SandboxRequest.Fingerprint(token.Trim());
            _tokenIn = place;
        }
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

        _defect ??= $"Param {name} must be a string";
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
}
