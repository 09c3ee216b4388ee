namespace OfflineConversions.Server.Connections;

/// <summary>Reads the configuration before anything else is built, so that a wrong setting stops the process with a message and no stack trace.</summary>
public static class StartUp
{
    /// <summary>The builder with its valid options, or <see langword="null"/> after telling the operator what to mend.</summary>
    public static (WebApplicationBuilder Builder, ServiceOptions Options)? Read(string[] args, TextWriter errors)
    {
        if (!KnowsUnicode)
        {
            errors.WriteLine("The host runs without Unicode tables (globalization-invariant mode), so names would be hashed wrongly and match nobody. "
                + "Install ICU (in a container: the -extra image) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
            return null;
        }

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

    // Without ICU, Normalize() leaves e + accent as it stands instead of composing it, and says nothing.
    private static bool KnowsUnicode => "e\u0301".Normalize() == "\u00e9";
}
