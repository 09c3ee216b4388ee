using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Benchmarks.Reporting;

/// <summary>
/// Prints the figures of one command with their spread, because a median alone hides a noisy machine, and can write
/// them to a file as JSON.
/// </summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _command;
    private readonly string _machine = Machine.Description;
    private readonly double _fsync = Machine.FsyncMilliseconds;
    private readonly List<Figure> _figures = [];

    public Report(string command)
    {
        _command = command;
        Note($"machine: {_machine}; writing and syncing a page takes {_fsync:N2} ms");
    }

    /// <summary>Prints a line of text.</summary>
    public static void Note(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Prints one figure, measured several times.</summary>
    /// <param name="name">What was measured. It identifies the figure when two builds are compared.</param>
    /// <param name="values">One value for each round.</param>
    /// <param name="unit">The unit of the values.</param>
    public void Row(string name, IReadOnlyCollection<double> values, string unit)
    {
        var sorted = values.Order().ToArray();
        var figure = new Figure(
            name,
            (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2,
            sorted[0],
            sorted[^1],
            unit,
            [.. values]
        );
        _figures.Add(figure);
        Console.WriteLine(figure.Line());
    }

    /// <summary>Writes all figures as JSON.</summary>
    public void Write(string path) =>
        File.WriteAllText(
            path,
            JsonSerializer.Serialize(
                new
                {
                    Command = _command,
                    Machine = _machine,
                    FsyncMilliseconds = _fsync,
                    Figures = _figures,
                },
                Indented
            )
        );
}
