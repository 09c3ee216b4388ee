using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// What website and app events need in addition. Source: Meta, "Server Event Parameters" and "App Data Parameters".
/// </summary>
internal static class AppRules
{
    public static readonly Rule BadExtendedDeviceInformation = Rule.General(
        "bad_extinfo",
        "The extinfo must be an array of 16 strings, the first of which is a2 or i2."
    );
    public static readonly Rule BlankOsVersion = new(
        "blank_os_version",
        2804043,
        "Missing OS Version",
        "The fifth entry of extinfo, the operating system version, is blank."
    );

    public static Violation? Check(EventCheck check)
    {
        // Documented as required, but Meta accepts events without them, so these are notes.
        if (check.ActionSource == "website" && !check.Has(check.Event, "event_source_url", out _))
        {
            check.Note("event_source_url", "is documented as required for website events");
        }

        if (!check.Has(check.Event, "app_data", out var app))
        {
            if (check.ActionSource == "app")
            {
                check.Note("app_data", "is documented as required for app events");
            }

            return null;
        }

        if (!check.Has(app, "extinfo", out var extinfo))
        {
            return null;
        }

        return extinfo.ValueKind != JsonValueKind.Array
            || extinfo.GetArrayLength() != 16
            || extinfo.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String)
            || extinfo[0].GetString() is not ("a2" or "i2")
                ? BadExtendedDeviceInformation.At("app_data.extinfo")
            : EventCheck.IsEmpty(extinfo[4]) ? BlankOsVersion.At("app_data.extinfo[4]")
            : null;
    }
}
