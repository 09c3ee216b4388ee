using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>A service with given limits of ingestion, and raw requests to it.</summary>
internal static class LimitedIngestion
{
    public const string Segment = "/segment/v1/batch";

    public static Task<ServiceUnderTest> StartAsync(string ingestion) =>
        ServiceUnderTest.StartAsync($"\"Ingestion\": {{ {ingestion} }}, {ServiceUnderTest.FourSources}");

    public static byte[] Head(int length, int sent = 0, bool key = true) =>
        Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"POST {Segment} HTTP/1.1\r\nHost: a\r\n{(key ? "Authorization: Basic c2VnLWtleS0xOg==\r\n" : "")}"
                    + $"Content-Length: {length}\r\n\r\n{new string(' ', sent)}"
            )
        );
}
