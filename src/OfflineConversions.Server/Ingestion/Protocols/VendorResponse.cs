using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>A response in a vendor's form.</summary>
internal sealed class VendorResponse : IResult
{
    private const string JsonType = "application/json; charset=utf-8";
    private const string TextType = "text/plain; charset=utf-8";
    private const string ProblemType = "application/problem+json";

    private readonly string? _contentType;
    private readonly string _body;
    private readonly byte[] _bytes;
    private readonly bool _isImage;

    private VendorResponse(int status, string? contentType, string body, byte[]? image = null) =>
        (Status, _contentType, _body, _bytes, _isImage) = (
            status,
            contentType,
            body,
            image ?? Encoding.UTF8.GetBytes(body),
            image is not null
        );

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The media type without parameters, or <see langword="null"/> for no body.</summary>
    public string? MediaType => _contentType?.Split(';')[0];

    /// <summary>The body as an example for the OpenAPI document.</summary>
    public JsonNode? Example =>
        _contentType switch
        {
            null => null,
            _ when _isImage => null,
            TextType => JsonValue.Create(_body),
            ProblemType => new JsonObject { ["status"] = Status, ["detail"] = _body },
            _ => JsonNode.Parse(_body),
        };

    /// <summary>A response without a body.</summary>
    public static VendorResponse Empty(int status) => new(status, null, string.Empty);

    /// <summary>A response in JSON.</summary>
    public static VendorResponse Json(int status, string json) => new(status, JsonType, json);

    /// <summary>A response in plain text.</summary>
    public static VendorResponse Text(int status, string text) => new(status, TextType, text);

    /// <summary>An image, which no cache may keep: the next request for it is another event.</summary>
    public static VendorResponse Image(int status, string contentType, byte[] image) =>
        new(status, contentType, string.Empty, image);

    /// <summary>Problem details (RFC 9457).</summary>
    public static VendorResponse Problem(int status, string detail) => new(status, ProblemType, detail);

    /// <summary>A text as a JSON string.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (_contentType == ProblemType)
        {
            return Results.Problem(_body, statusCode: Status).ExecuteAsync(httpContext);
        }

        if (_contentType is not null)
        {
            if (_isImage)
            {
                response.Headers.CacheControl = "no-store";
            }

            response.ContentType = _contentType;
            response.ContentLength = _bytes.Length; // otherwise the response would be chunked
            response.BodyWriter.Write(_bytes); // sent when the request ends, together with its headers
        }

        return Task.CompletedTask;
    }
}
