using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>A response as it came over the wire.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>One TCP connection. It sends requests byte for byte as given, which no HTTP client allows.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly BufferedStream _stream;

    private RawConnection(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = new BufferedStream(tcp.GetStream());
    }

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var tcp = new TcpClient { ReceiveTimeout = 60_000 };
        await tcp.ConnectAsync(address.Host, address.Port);
        return new RawConnection(tcp);
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => _tcp.GetStream().WriteAsync(bytes).AsTask();

    /// <summary>Reads one response to its end, and not a byte further.</summary>
    public RawResponse Read()
    {
        var status = int.Parse(Line().Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var line = Line(); line.Length > 0; line = Line())
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return new RawResponse(
            status,
            headers,
            headers.ContainsKey("Transfer-Encoding")
                ? Chunks()
                : Text(int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture))
        );
    }

    /// <summary>Whether nothing follows and the other side has closed the connection.</summary>
    public bool IsClosed() => _stream.ReadByte() < 0;

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private string Chunks()
    {
        var body = new StringBuilder();
        while (int.Parse(Line(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            body.Append(Text(length));
            Line();
        }

        Line();
        return body.ToString();
    }

    private string Text(int length)
    {
        var bytes = new byte[length];
        _stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private string Line()
    {
        var line = new StringBuilder();
        for (var next = _stream.ReadByte(); next != '\n'; next = _stream.ReadByte())
        {
            line.Append(next < 0 ? throw new EndOfStreamException("The service closed the connection.") : (char)next);
        }

        return line.ToString().TrimEnd('\r');
    }
}
