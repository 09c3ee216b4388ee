using System.Reflection;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Tests.Reasons;

/// <summary>The catalogue has every code and explains it.</summary>
public sealed class ReasonCatalogueTests
{
    [Fact]
    public void Every_reason_of_an_ignored_or_rejected_event_is_in_it() =>
        CodesOf(ReasonKind.Ignored, ReasonKind.Rejected).Should().BeEquivalentTo(Constants(typeof(Reason)));

    [Fact]
    public void Every_warning_is_in_it() =>
        CodesOf(ReasonKind.Warning).Should().BeEquivalentTo(Constants(typeof(Warning)));

    [Fact]
    public void Every_reason_of_delivery_is_in_it() =>
        CodesOf(ReasonKind.Failed, ReasonKind.Halted, ReasonKind.Throttled, ReasonKind.Paused)
            .Should()
            .BeEquivalentTo(Constants(typeof(DeliveryReason)));

    [Fact]
    public void A_code_has_at_most_one_entry_of_each_kind() =>
        ReasonCatalogue.All.Select(entry => (entry.Code, entry.Kind)).Should().OnlyHaveUniqueItems();

    [Fact]
    public void Every_text_is_at_least_one_sentence() =>
        ReasonCatalogue
            .All.SelectMany(entry => new[] { entry.Meaning, entry.Cause, entry.Remedy })
            .Should()
            .OnlyContain(text => text.EndsWith('.') && !text.Contains("  ") && text.Trim() == text);

    [Fact]
    public void A_code_is_found_by_its_kind()
    {
        ReasonCatalogue.Find(Reason.UnknownCurrency, ReasonKind.Rejected)!.Meaning.Should().StartWith("A purchase");
        ReasonCatalogue.Find(Warning.UnknownCurrency, ReasonKind.Warning)!.Meaning.Should().Contain("left out");
        ReasonCatalogue.Find(Reason.UnknownCurrency, ReasonKind.Halted).Should().BeNull();
        ReasonCatalogue.Find("of_a_later_version", ReasonKind.Failed).Should().BeNull();
    }

    private static IEnumerable<string> CodesOf(params ReasonKind[] kinds) =>
        ReasonCatalogue.All.Where(entry => kinds.Contains(entry.Kind)).Select(entry => entry.Code).Distinct();

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);
}
