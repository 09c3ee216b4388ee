namespace OfflineConversions.Server.Connections;

/// <summary>Reads the configuration before anything else is built, so that a wrong setting stops the process with a message and no stack trace.</summary>
public static class StartUp
{
    /// <summary>The builder with its valid options, or <see langword="null"/> after telling the operator what to mend.</summary>
    public static (WebApplicationBuilder Builder, ServiceOptions Options)? Read(string[] args, TextWriter errors)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            var (options, problems) = builder.ReadServiceOptions(args);
            if (problems.Count == 0)
            {
                return (builder, options);
            }

            ServiceConfiguration.Explain(problems, errors);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException)
        {
            errors.WriteLine(ConfigFile.Explain(unreadable));
        }

        return null;
    }
}
