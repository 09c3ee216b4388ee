using System.Globalization;
using System.Text;

namespace OfflineConversions.Benchmarks.Importing;

/// <summary>A table of sales, and what its import should report.</summary>
internal sealed record TableFile
{
    private const int Every = 1000;
    private const int WithoutCustomer = 250;
    private const int Repeat = 750;

    private TableFile(string path, int rows, bool isMixed) => (Path, Rows, IsMixed) = (path, rows, isMixed);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>How many rows it has, its header not counted.</summary>
    public int Rows { get; }

    /// <summary>
    /// Whether, of a thousand rows, one has no customer and is rejected, and one repeats the row before it and is a
    /// duplicate. Otherwise every row is a sale.
    /// </summary>
    public bool IsMixed { get; }

    /// <summary>The numbers of the rejected rows. The header is row 1.</summary>
    public IEnumerable<int> Rejected => IsMixed ? Numbers(WithoutCustomer).Select(row => row + 2) : [];

    /// <summary>How many rows repeat another one.</summary>
    public int Repeats => IsMixed ? Numbers(Repeat).Count() : 0;

    /// <summary>How many sales it has.</summary>
    public int Accepted => Rows - Rejected.Count() - Repeats;

    /// <summary>Writes a table.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="prefix">What its order numbers begin with.</param>
    /// <param name="isMixed">See <see cref="IsMixed"/>.</param>
    public static async Task<TableFile> WriteAsync(string path, int rows, string prefix, bool isMixed = false)
    {
        var table = new TableFile(path, rows, isMixed);
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        var at = yesterday.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        await using var file = new StreamWriter(path, append: false, Encoding.UTF8);
        await file.WriteLineAsync("order_id,event_time,email,phone,fn,ln,city,zip,country,value,currency");
        for (var row = 0; row < rows; row++)
        {
            var order = isMixed && row % Every == Repeat ? row - 1 : row;
            var customer =
                isMixed && row % Every == WithoutCustomer
                    ? ",,,,,,"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"jane.doe{order}@example.com,+49301{order:D7},Jane,Doe,Berlin,10115,DE"
                    );
            await file.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{prefix}{order},{at},{customer},{order % 500}.95,EUR")
            );
        }

        return table;
    }

    /// <summary>Whether a row is a sale that no row before it was.</summary>
    public bool IsNewSale(int row) => !IsMixed || row % Every is not (WithoutCustomer or Repeat);

    private IEnumerable<int> Numbers(int place) => Enumerable.Range(0, Rows).Where(row => row % Every == place);
}
