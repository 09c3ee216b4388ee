using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Cli.Service;

/// <summary>
/// Calls the operator's routes of one service. Whatever goes wrong is a <see cref="Failure"/>; only a cancellation by
/// the caller is an exception.
/// </summary>
internal sealed class ServiceClient : IDisposable
{
    /// <summary>More than the largest page, which is 8 MiB.</summary>
    private const int LargestReply = 64 * 1024 * 1024;

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly TimeProvider _time;

    public ServiceClient(Uri address, string? key, TimeSpan timeout, TimeProvider time)
    {
        (_address, HasKey, Timeout, _time) = (address, key is not null, timeout, time);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // the key belongs to this address
                ConnectTimeout = LongestConnect,
                UseCookies = false,
                AutomaticDecompression = System.Net.DecompressionMethods.All,
            }
        )
        {
            BaseAddress = address,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // each request has its own
            MaxResponseContentBufferSize = LargestReply,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("offline-conversions", ProgramVersion.Text)
        );
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>How long a request may take, except one that sends a file or watches.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Whether requests carry a key.</summary>
    public bool HasKey { get; }

    /// <summary>Where the service is.</summary>
    public Uri Address => _address;

    /// <summary>Whether key and events travel in clear text beyond this machine.</summary>
    public bool IsExposed => _address.Scheme == Uri.UriSchemeHttp && !_address.IsLoopback;

    /// <summary>Reads JSON.</summary>
    public async Task<Result<JsonElement>> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonOf(await SendAsync(HttpMethod.Get, path, content: null, cancellationToken));

    /// <summary>Posts JSON and reads the response.</summary>
    public async Task<Result<JsonElement>> PostAsync(string path, string? json, CancellationToken cancellationToken)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return JsonOf(await SendAsync(HttpMethod.Post, path, content, cancellationToken));
    }

    /// <summary>Makes a request that must end in time.</summary>
    public async Task<Result<Reply>> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await SendWithoutLimitAsync(method, path, content, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failures.TooSlow(_address, Timeout);
        }
    }

    /// <summary>Makes a request that takes as long as it takes, such as one that sends a file.</summary>
    public async Task<Result<Reply>> SendWithoutLimitAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/')) { Content = content };
        request.Headers.ExpectContinue = content is SentFile;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException broken)
        {
            return Failures.Of(broken, _address);
        }
    }

    /// <summary>Opens a response that does not end by itself. Its head must arrive in time.</summary>
    public async Task<Result<Stream>> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var response = await _http.GetAsync(
                path.TrimStart('/'),
                HttpCompletionOption.ResponseHeadersRead,
                either.Token
            );
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStreamAsync(either.Token);
            }

            using (response)
            {
                return FailureOf(await ReadAsync(response, either.Token));
            }
        }
        catch (HttpRequestException broken)
        {
            return Failures.Of(broken, _address);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failures.TooSlow(_address, Timeout);
        }
    }

    /// <summary>The failure that a response reports.</summary>
    public Failure FailureOf(Reply reply) => Failures.Of(reply, HasKey);

    public void Dispose() => _http.Dispose();

    private Result<JsonElement> JsonOf(Result<Reply> result) =>
        result.Failure is { } failure ? failure
        : !result.Value.IsSuccess ? FailureOf(result.Value)
        : result.Value.Json is { } json ? json
        : new Failure(
            ExitCode.Refused,
            "The address responds, but not as this service does.",
            "Check --server, and the paths that a proxy in front of the service passes on."
        );

    private static async Task<Reply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new Reply(
            (int)response.StatusCode,
            body,
            JsonIn(response, body),
            response.Headers.RetryAfter?.Delta,
            response.Headers.Location
        );
    }

    private static JsonElement? JsonIn(HttpResponseMessage response, byte[] body)
    {
        if (
            response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            != true
        )
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
