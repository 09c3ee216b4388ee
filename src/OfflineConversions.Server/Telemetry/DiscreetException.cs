using System.Data.Common;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// An exception as a log may contain it: its types and stack traces. A message may quote what could not be read
/// (<c>The input string 'jane@…' was not in a correct format</c>) or the address of a request, so only the messages of
/// disk, network and database remain, which never see an event.
/// </summary>
internal sealed class DiscreetException(Exception original) : Exception(Describe(original))
{
    public override string? StackTrace => original.StackTrace;

    public override string ToString()
    {
        var text = new StringBuilder();
        for (var current = original; current is not null; current = current.InnerException)
        {
            text.Append(text.Length == 0 ? "" : " ---> ").Append(Describe(current)).AppendLine();
            text.Append(current.StackTrace).AppendLine();
        }

        return text.ToString().TrimEnd();
    }

    private static string Describe(Exception exception)
    {
        var type = exception.GetType().ToString();
        // A malformed request is an IOException too, and its message quotes the request.
        var ofTheMachine =
            exception
            is DbException
                or SocketException
                or UnauthorizedAccessException
                or (IOException and not BadHttpRequestException);
        return ofTheMachine ? $"{type}: {exception.Message}" : type;
    }
}
