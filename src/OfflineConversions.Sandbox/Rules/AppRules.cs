using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// What the source of an event asks for beyond the rest. Source: Meta, "Server Event Parameters" and "App Data
/// Parameters".
/// </summary>
internal static class AppRules
{
    public static readonly Rule BadExtendedDeviceInformation = Rule.General(
        "bad_extinfo",
        "The extinfo must be a list of 16 texts that begins with a2 or i2."
    );
    public static readonly Rule BlankOsVersion = new(
        "blank_os_version",
        2804043,
        "Missing OS Version",
        "The fifth entry of extinfo, the version of the operating system, is blank."
    );

    public static Violation? Check(Inspection inspection)
    {
        // Documented as required, yet Meta takes events without them: a remark, not a refusal.
        if (inspection.ActionSource == "website" && !inspection.Has(inspection.Event, "event_source_url", out _))
        {
            inspection.Note("event_source_url", "is documented as required for website events");
        }

        if (!inspection.Has(inspection.Event, "app_data", out var app))
        {
            if (inspection.ActionSource == "app")
            {
                inspection.Note("app_data", "is documented as required for app events");
            }

            return null;
        }

        if (!inspection.Has(app, "extinfo", out var extinfo))
        {
            return null;
        }

        return extinfo.ValueKind != JsonValueKind.Array
            || extinfo.GetArrayLength() != 16
            || extinfo.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String)
            || extinfo[0].GetString() is not ("a2" or "i2")
                ? BadExtendedDeviceInformation.At("app_data.extinfo")
            : Inspection.IsEmpty(extinfo[4]) ? BlankOsVersion.At("app_data.extinfo[4]")
            : null;
    }
}
