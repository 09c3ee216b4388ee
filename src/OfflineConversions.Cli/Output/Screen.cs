using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OfflineConversions.Cli.Output;

/// <summary>
/// Where a command writes. Results go to standard output; notes, progress and failures go to standard error, so that a
/// pipe only gets results.
/// </summary>
internal sealed class Screen(Terminal terminal, bool isJson)
{
    /// <summary>Wider than any table: the reader of a pipe expects whole lines.</summary>
    private const int WidthOfPipe = 4000;

    private static readonly JsonSerializerOptions Writing = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Writing) { WriteIndented = true };

    /// <summary>Whether results are JSON.</summary>
    public bool IsJson => isJson;

    /// <summary>Whether a person watches the progress and can be asked.</summary>
    public bool IsWatched => terminal.IsErrorTerminal && !isJson;

    /// <summary>Whether a person can answer a question.</summary>
    public bool CanAsk => IsWatched && terminal.IsInputTerminal;

    /// <summary>Standard output as a console.</summary>
    public IAnsiConsole Output { get; } = Console(terminal.Output, terminal.IsOutputTerminal, terminal);

    /// <summary>Standard error as a console.</summary>
    public IAnsiConsole Errors { get; } = Console(terminal.Errors, terminal.IsErrorTerminal, terminal);

    /// <summary>Writes the service's JSON on one line.</summary>
    public void Json(JsonElement json) => terminal.Output.WriteLine(JsonSerializer.Serialize(json, Writing));

    /// <summary>Writes a value as JSON on one line.</summary>
    public void Json<T>(T value) => terminal.Output.WriteLine(JsonSerializer.Serialize(value, Writing));

    /// <summary>Writes the service's JSON for people.</summary>
    public void Pretty(JsonElement json)
    {
        foreach (var line in JsonSerializer.Serialize(json, Indented).Split('\n'))
        {
            Line(line.TrimEnd('\r'));
        }
    }

    /// <summary>Writes a line of the result. The text may come from elsewhere.</summary>
    public void Line(string text = "", Style? style = null) =>
        Output.Write(new Paragraph(text.Length == 0 ? "" : SafeText.Of(text), style).Append("\n"));

    /// <summary>Writes a table of the result.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).PadRight(2));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => (IRenderable)new Text(SafeText.Of(cell))));
        }

        Output.Write(table);
    }

    /// <summary>Prints a note that is not a result. Silent if results are JSON.</summary>
    public void Note(string text)
    {
        if (!isJson)
        {
            Errors.Write(new Paragraph(SafeText.Of(text), new Style(Color.Grey)).Append("\n"));
        }
    }

    /// <summary>Says why the command did not end well.</summary>
    public void Fail(Failure failure)
    {
        if (isJson)
        {
            var error = new
            {
                Error = new
                {
                    ExitCode = (int)failure.Code,
                    failure.Message,
                    failure.Advice,
                },
            };
            terminal.Errors.WriteLine(JsonSerializer.Serialize(error, Writing));
            return;
        }

        Errors.Write(new Paragraph(SafeText.Of(failure.Message), new Style(Color.Red)).Append("\n"));
        if (failure.Advice is { } advice)
        {
            Errors.Write(new Paragraph(SafeText.Of(advice)).Append("\n"));
        }
    }

    /// <summary>Asks a question that only <c>y</c> or <c>yes</c> agrees to.</summary>
    public bool Agrees(string question)
    {
        Errors.Write(new Paragraph(SafeText.Of(question) + " [y/N] "));
        using var input = new StreamReader(terminal.OpenInput());
        return input.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static IAnsiConsole Console(TextWriter writer, bool isTerminal, Terminal terminal)
    {
        var isPlain = !isTerminal || terminal.Variable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfPipe;
        }

        return console;
    }
}
