using System.Text;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// An exception as a log may hold it: what it is and where it came from. A message may quote what could not be read
/// (<c>The input string 'jane@…' was not in a correct format</c>) or the address of a request, so only those of disk,
/// network and database are told, which know nothing of events.
/// </summary>
internal sealed class DiscreetException(Exception original) : Exception(Tell(original))
{
    public override string? StackTrace => original.StackTrace;

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var current = original; current is not null; current = current.InnerException)
        {
            text.Append(text.Length == 0 ? "" : " ---> ").Append(Tell(current)).AppendLine();
            text.Append(current.StackTrace).AppendLine();
        }

        return text.ToString().TrimEnd();
    }

    private static string Tell(Exception exception)
    {
        var type = exception.GetType().ToString();
        // A request that is no HTTP is an IOException too, and quotes what it could not read.
        var ofTheMachine =
            exception
            is SqliteException
                or System.Net.Sockets.SocketException
                or UnauthorizedAccessException
                or (IOException and not BadHttpRequestException);
        return ofTheMachine ? $"{type}: {exception.Message}" : type;
    }
}
