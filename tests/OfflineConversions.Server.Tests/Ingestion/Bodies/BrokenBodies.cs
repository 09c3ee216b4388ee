using System.IO.Compression;
using System.Text;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>Bodies that do not end, or are not framed or compressed, as HTTP requires.</summary>
public static class BrokenBodies
{
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>What follows the headers that every request has, and whether the client then ends its side.</summary>
    public static TheoryData<string, string> All =>
        new()
        {
            { "chunk size 80000000", $"{Chunked}80000000\r\n{{}}" },
            { "chunk size FFFFFFFF", $"{Chunked}FFFFFFFF\r\n{{}}" },
            { "chunk size 7FFFFFFF", $"{Chunked}7FFFFFFF\r\n{{}}" },
            { "chunk size of nine digits", $"{Chunked}100000000\r\n{{}}" },
            { "chunk size of 16 digits", $"{Chunked}FFFFFFFFFFFFFFFF\r\n{{}}" },
            { "chunk size of 17 digits", $"{Chunked}10000000000000002\r\n{{}}" },
            { "chunk size of 10,000 digits", $"{Chunked}{new string('F', 10_000)}\r\n{{}}" },
            { "second chunk too large", $"{Chunked}2\r\n{{}}\r\n80000000\r\n" },
            { "negative chunk size", $"{Chunked}-1\r\n{{}}" },
            { "chunk size with 0x", $"{Chunked}0x2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a blank", $"{Chunked} 2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size that is no number", $"{Chunked}ZZ\r\n{{}}" },
            { "chunk size of another script", $"{Chunked}\u00b2\r\n{{}}" },
            { "no chunk size", $"{Chunked}\r\n{{}}" },
            { "chunk size without line feed", $"{Chunked}2\r{{}}" },
            { "chunk size without carriage return", $"{Chunked}2\n{{}}\n0\n\n" },
            { "chunk without its end", $"{Chunked}2\r\n{{}}XX0\r\n\r\n" },
            { "chunk shorter than its size", $"{Chunked}5\r\n{{}}\r\n0\r\n\r\n" },
            { "extension that never ends", $"{Chunked}2;{new string('a', 9_000)}" },
            { "extension with a control character", $"{Chunked}2;a=\u0001\r\n{{}}" },
            { "extension with a bare line feed", $"{Chunked}2;a\n{{}}\r\n0\r\n\r\n" },
            { "trailer without a colon", $"{Chunked}0\r\nnonsense\r\n\r\n" },
            { "trailer too large", $"{Chunked}0\r\na: {new string('a', 40_000)}\r\n\r\n" },
            { "too many trailers", $"{Chunked}0\r\n{string.Concat(Enumerable.Repeat("a: b\r\n", 500))}\r\n" },
            { "trailer that is not text", $"{Chunked}0\r\na: \u0000\r\n\r\n" },
            { "trailer that is not UTF-8", $"{Chunked}2\r\n{{}}\r\n0\r\na: \u00ff\u00fe\r\n\r\n" },
            { "trailer with a bare return", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\rc\r\n\r\n" },
            { "trailer whose name is not text", $"{Chunked}2\r\n{{}}\r\n0\r\n\u00ff\u0000: b\r\n\r\n" },
            { "end in a chunk size", $"{Chunked}8000" },
            { "end in a chunk", $"{Chunked}10\r\n{{" },
            { "end before the last chunk", $"{Chunked}2\r\n{{}}\r\n" },
            { "end in the trailers", $"{Chunked}0\r\na: b" },
            { "end before the body", "Content-Length: 10\r\n\r\n" },
            { "end in the body", "Content-Length: 10\r\n\r\n{" },
            { "length of 20 digits", "Content-Length: 99999999999999999999\r\n\r\n{}" },
            { "length of more than a body may have", "Content-Length: 9223372036854775807\r\n\r\n{}" },
            { "negative length", "Content-Length: -1\r\n\r\n{}" },
            { "two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" },
            { "length and chunks", $"Content-Length: 2\r\n{Chunked}80000000\r\n" },
            {
                "length and chunks, the other way round",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nZZ\r\n"
            },
            { "two transfer encodings", $"Transfer-Encoding: gzip, chunked\r\n\r\n80000000\r\n" },
            { "chunks that are not last", "Transfer-Encoding: chunked, gzip\r\n\r\n80000000\r\n" },
            { "transfer encoding that is unknown", "Transfer-Encoding: nonsense\r\n\r\n{}" },
            { "expectation, then a broken chunk", $"Expect: 100-continue\r\n{Chunked}80000000\r\n" },
            { "unknown expectation", $"Expect: nonsense\r\n{Chunked}80000000\r\n" },
            { "expectation and no body", "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n" },
            { "encoding of a broken chunk", $"Content-Encoding: gzip\r\n{Chunked}80000000\r\n" },
            { "encodings of a broken chunk", $"Content-Encoding: gzip, br, deflate, gzip\r\n{Chunked}FFFFFFFF\r\n" },
            { "unknown encoding of a broken chunk", $"Content-Encoding: nonsense\r\n{Chunked}80000000\r\n" },
            { "chunk size 80000001", $"{Chunked}80000001\r\n{{}}" },
            { "chunk size 8000000000000000", $"{Chunked}8000000000000000\r\n{{}}" },
            { "chunk size 7FFFFFFFFFFFFFFF", $"{Chunked}7FFFFFFFFFFFFFFF\r\n{{}}" },
            { "chunk size with leading zeros", $"{Chunked}{new string('0', 2_000)}80000000\r\n{{}}" },
            { "third chunk too large", $"{Chunked}1\r\n{{\r\n1\r\n}}\r\nffffffff\r\n" },
            { "chunk size with a sign", $"{Chunked}+2\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a tab", $"{Chunked}2\t\r\n{{}}\r\n0\r\n\r\n" },
            { "chunk size with a null", $"{Chunked}2\0\r\n{{}}\r\n0\r\n\r\n" },
            { "extension with quotes that do not end", $"{Chunked}2;a=\"b\r\n{{}}\r\n80000000\r\n" },
            { "extensions of 9,000 bytes", $"{Chunked}2;{new string('a', 9_000)}\r\n{{}}\r\n80000000\r\n" },
            { "last chunk twice", $"{Chunked}0\r\n\r\n0\r\n\r\n" },
            { "last chunk of many zeros", $"{Chunked}00000000000000000\r\n\r\n" },
            { "trailer that repeats a framing header", $"{Chunked}2\r\n{{}}\r\n0\r\nContent-Length: 9\r\n\r\n" },
            { "trailer without a name", $"{Chunked}2\r\n{{}}\r\n0\r\n: b\r\n\r\n" },
            { "trailer that begins with a blank", $"{Chunked}2\r\n{{}}\r\n0\r\n a: b\r\n\r\n" },
            { "trailer with a blank before the colon", $"{Chunked}2\r\n{{}}\r\n0\r\na : b\r\n\r\n" },
            { "trailer that goes on in the next line", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\r\n c\r\n\r\n" },
            { "trailers that never end", $"{Chunked}2\r\n{{}}\r\n0\r\na: b\r\n" },
            { "gzip without anything", $"Content-Encoding: gzip\r\n{Chunked}0\r\n\r\n" },
            { "gzip cut in its header", Compressed("gzip", GzipOf("{}")[..5]) },
            { "gzip cut in its content", Compressed("gzip", GzipOf("{\"a\":\"bcdefghijkl\"}")[..20]) },
            { "gzip cut before its checksum", Compressed("gzip", GzipOf("{}")[..^8]) },
            { "gzip with a wrong checksum", Compressed("gzip", GzipOf("{}")[..^8] + "\u0001\0\0\0\u0002\0\0\0") },
            {
                "gzip with flags that promise more",
                Compressed("gzip", "\u001f\u008b\u0008\u001f" + new string('\0', 6))
            },
            { "gzip of an unknown method", Compressed("gzip", "\u001f\u008b\u0063" + GzipOf("{}")[3..]) },
            { "gzip and then something else", Compressed("gzip", GzipOf("{}") + "nonsense") },
            { "gzip twice, announced once", Compressed("gzip", GzipOf("{}") + GzipOf("{}")) },
            {
                "gzip cut, in a broken chunk",
                $"Content-Encoding: gzip\r\n{Chunked}5\r\n{GzipOf("{}")[..5]}\r\n80000000\r\n"
            },
            { "deflate that is none", Compressed("deflate", "\u0078\u009c\u00ff\u00ff") },
            { "deflate cut", Compressed("deflate", "\u0078\u009c\u00ab") },
            { "br that is none", Compressed("br", "\u00ff\u00ff\u00ff\u00ff") },
            { "br cut", Compressed("br", "\u000b\u0001") },
            { "encoding with a quality", Compressed("gzip;q=1", "{}") },
            { "encoding with an empty part", Compressed("gzip,,", "{}") },
            { "encodings, five hundred", Compressed(string.Join(',', Enumerable.Repeat("gzip", 500)), "{}") },
            { "two encoding headers", "Content-Encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}" },
            { "length with a plus", "Content-Length: +2\r\n\r\n{}" },
            { "length in hexadecimal", "Content-Length: 0x2\r\n\r\n{}" },
            { "length of two numbers", "Content-Length: 2, 2\r\n\r\n{}" },
            { "empty length", "Content-Length: \r\n\r\n{}" },
            { "length just over what an int holds", "Content-Length: 2147483648\r\n\r\n{}" },
            { "two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" },
            { "transfer encoding in another case, then broken", "Transfer-Encoding: CHUNKED\r\n\r\n80000000\r\n" },
            {
                "transfer encoding twice",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\n"
            },
            { "transfer encoding with a vertical tab", "Transfer-Encoding: \u000bchunked\r\n\r\n80000000\r\n" },
            { "transfer encoding in a folded line", "Transfer-Encoding:\r\n chunked\r\n\r\n80000000\r\n" },
            {
                "charset that does not exist",
                $"Content-Type: application/json; charset=\u00ff\r\n{Chunked}80000000\r\n"
            },
            { "form without a boundary", "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n\r\n{}" },
            { "two hosts", "Host: b\r\nContent-Length: 2\r\n\r\n{}" },
            { "header without a colon", "nonsense\r\nContent-Length: 2\r\n\r\n{}" },
            { "header with a null", "a: \0\r\nContent-Length: 2\r\n\r\n{}" },
            { "header of 40,000 bytes", $"a: {new string('a', 40_000)}\r\nContent-Length: 2\r\n\r\n{{}}" },
            {
                "five hundred headers",
                $"{string.Concat(Enumerable.Repeat("a: b\r\n", 500))}Content-Length: 2\r\n\r\n{{}}"
            },
            {
                "keep-alive that is no number",
                $"Connection: keep-alive, close\r\nKeep-Alive: x\r\n{Chunked}80000000\r\n"
            },
            { "upgrade", $"Connection: Upgrade\r\nUpgrade: websocket\r\n{Chunked}80000000\r\n" },
            { "upgrade to HTTP/2", $"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n{Chunked}80000000\r\n" },
        };

    private static string Compressed(string encoding, string body) =>
        $"Content-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Compressed bytes as Latin-1 text, which is sent as it is.</summary>
    private static string GzipOf(string json)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(json));
        }

        return Encoding.Latin1.GetString(compressed.ToArray());
    }
}
