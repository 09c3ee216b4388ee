namespace OfflineConversions.Cli.Service;

/// <summary>Where the service is: <c>--server</c>, else an environment variable, else this machine.</summary>
internal static class ServiceAddress
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "OFFLINE_CONVERSIONS_SERVER";

    /// <summary>Where the service listens unless configured otherwise.</summary>
    public const string Default = "http://localhost:5000";

    /// <summary>Reads the address.</summary>
    public static Result<Uri> Read(string? option, Func<string, string?> variable)
    {
        var text =
            !string.IsNullOrWhiteSpace(option) ? option
            : !string.IsNullOrWhiteSpace(variable(Variable)) ? variable(Variable)!
            : Default;
        if (
            !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        )
        {
            return new Failure(
                ExitCode.Usage,
                "The address of the service is not a URL.",
                $"Write for example --server https://sales.example.com, or set {Variable}."
            );
        }

        // A name and password in an address end up in histories and logs.
        return address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0
            ? new Failure(
                ExitCode.Usage,
                "The address of the service must not contain a user, a query or a fragment.",
                $"Set the key with {OperatorKey.Variable} or --key-file."
            )
            : new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
    }
}
