using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>The rules of each API, in the order in which they apply. The first broken rule refuses the event.</summary>
internal static class RuleSets
{
    private static readonly Func<EventCheck, Violation?>[] ConversionsApi =
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
        ParameterRules.Check,
        AppRules.Check,
    ];

    private static readonly Func<EventCheck, Violation?>[] OfflineEvents =
    [
        EventRules.Check,
        TimeRules.Check,
        MatchKeyRules.Check,
        AmountRules.Check,
        ContentRules.Check,
        PersonalDataRules.Check,
        LimitedDataUseRules.Check,
    ];

    public static Violation? FirstViolation(EventCheck check)
    {
        if (check.Event.ValueKind != JsonValueKind.Object)
        {
            return EventRules.NotAnObject.At("");
        }

        try
        {
            return (check.Shape == EventShape.OfflineEvents ? OfflineEvents : ConversionsApi)
                .Select(rules => rules(check))
                .FirstOrDefault(violation => violation is not null);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json throws this for a lone surrogate or invalid UTF-8.
            return EventRules.NotUnicode.At("");
        }
    }
}
