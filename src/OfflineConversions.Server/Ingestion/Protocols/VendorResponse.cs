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
    private readonly byte[]? _image;

    private VendorResponse(int status, string? contentType, string body, byte[]? image = null) =>
        (Status, _contentType, _body, _image) = (status, contentType, body, image);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The media type without parameters, or <see langword="null"/> for no body.</summary>
    public string? MediaType => _contentType?.Split(';')[0];

    /// <summary>The body as an example for the OpenAPI document.</summary>
    public JsonNode? Example =>
        _contentType switch
        {
            null => null,
            _ when _image is not null => null,
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
        switch (_contentType)
        {
            case null:
                return Task.CompletedTask;
            case not null when _image is not null:
                response.ContentType = _contentType;
                response.ContentLength = _image.Length;
                response.Headers.CacheControl = "no-store";
                return response.Body.WriteAsync(_image).AsTask();
            case ProblemType:
                return Results.Problem(_body, statusCode: Status).ExecuteAsync(httpContext);
            default:
                response.ContentType = _contentType;
                response.ContentLength = Encoding.UTF8.GetByteCount(_body); // otherwise the response would be chunked
                return response.WriteAsync(_body);
        }
    }
}
