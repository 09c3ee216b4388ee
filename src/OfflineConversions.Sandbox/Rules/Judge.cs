using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Holds an event against the rules of its API, family by family; the first one broken counts.</summary>
internal static class Judge
{
    private static readonly Func<Inspection, Violation?>[] ConversionsApi =
    [
        EventRules.Check,
        TimeRules.Check,
        UserDataRules.Check,
        CustomerInformationRules.Check,
        AmountRules.Check,
        ContentRules.Check,
        PersonalDataRules.Check,
        LimitedDataUseRules.Check,
        MessagingRules.Check,
        AppRules.Check,
    ];

    private static readonly Func<Inspection, Violation?>[] OfflineEvents =
    [
        EventRules.Check,
        TimeRules.Check,
        MatchKeyRules.Check,
        AmountRules.Check,
        ContentRules.Check,
        PersonalDataRules.Check,
        LimitedDataUseRules.Check,
    ];

    public static Violation? FirstViolation(Inspection inspection)
    {
        if (inspection.Event.ValueKind != JsonValueKind.Object)
        {
            return EventRules.NotAnObject.At("");
        }

        try
        {
            return (inspection.Shape == EventShape.OfflineEvents ? OfflineEvents : ConversionsApi)
                .Select(check => check(inspection))
                .FirstOrDefault(violation => violation is not null);
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for a text that is half a surrogate pair or no UTF-8.
            return EventRules.NotUnicode.At("");
        }
    }
}
