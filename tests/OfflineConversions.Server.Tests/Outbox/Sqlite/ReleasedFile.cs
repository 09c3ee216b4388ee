using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>A copy of an outbox file that the previous release wrote. How it was made: Releases/README.md.</summary>
internal sealed class ReleasedFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isEncrypted;

    public ReleasedFile(string name)
    {
        _isEncrypted = name.StartsWith("encrypted", StringComparison.Ordinal);
        using var archive = typeof(ReleasedFile).Assembly.GetManifestResourceStream($"releases/{name}")!;
        ZipFile.ExtractToDirectory(archive, _folder.Path);
        Expected = JsonSerializer.Deserialize<ExpectedContent>(
            File.ReadAllText(_folder.File("expected.json")),
            JsonSerializerOptions.Web
        )!;
    }

    /// <summary>The clock of the release's last start, a few minutes on.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    public ExpectedContent Expected { get; }

    public string Path => _folder.File("outbox.db");

    /// <summary>The settings of its outbox.</summary>
    public OutboxOptions Options =>
        new()
        {
            Path = Path,
            Encrypt = _isEncrypted,
            KeyDirectory = _folder.File("keys"),
            FailedRetention = TimeSpan.FromDays(3650),
        };

    public SqliteOutbox Open() => new(Options, Clock, NullLogger<SqliteOutbox>.Instance);

    public void Dispose() => _folder.Dispose();
}

/// <summary>What must be found in a file.</summary>
internal sealed record ExpectedContent(
    IReadOnlyList<ExpectedDelivery> Deliveries,
    IReadOnlyList<ExpectedFailure> Failed,
    IReadOnlyList<ExpectedLedger> Ledger,
    IReadOnlyList<ExpectedMoment> Paused,
    IReadOnlyList<ExpectedMoment> LastDeliveries
);

/// <param name="Outcome">waiting, failed, delivered, discarded, erased or expired.</param>
internal sealed record ExpectedDelivery(
    string Connection,
    string Outcome,
    string Api,
    string DatasetId,
    string? UploadTag,
    string EventName,
    string EventId,
    JsonElement Payload
)
{
    public Destination Destination => new(Connection, Enum.Parse<MetaApi>(Api), DatasetId, UploadTag);

    /// <summary>The delivery as it arrives when its event is posted once more.</summary>
    public OutboxEntry Repeated =>
        new(
            Connection,
            Enum.Parse<MetaApi>(Api),
            1000,
            TimeSpan.FromDays(62),
            new EventDelivery(
                DatasetId,
                UploadTag,
                EventName,
                EventId,
                new DateTimeOffset(2027, 11, 21, 12, 0, 0, TimeSpan.Zero),
                Encoding.UTF8.GetBytes(Payload.GetRawText())
            )
        );
}

internal sealed record ExpectedFailure(
    long Id,
    string Connection,
    string DatasetId,
    DateTimeOffset FailedAt,
    int Attempts,
    string Reason,
    int? Code,
    int? Subcode,
    string? Title,
    string? TraceId,
    JsonElement Payload
);

internal sealed record ExpectedLedger(
    string Connection,
    long Accepted,
    long Delivered,
    long Pending,
    long Failed,
    long Discarded,
    long Expired
);

internal sealed record ExpectedMoment(string Connection, DateTimeOffset Since, DateTimeOffset At);
