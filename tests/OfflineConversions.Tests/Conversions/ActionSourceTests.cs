using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Conversions;

public class ActionSourceTests
{
    [Fact]
    public void Every_action_source_of_Metas_page_is_known_and_no_other() =>
        ActionSource
            .Known.Should()
            .BeEquivalentTo(
                "email",
                "website",
                "app",
                "phone_call",
                "chat",
                "physical_store",
                "system_generated",
                "business_messaging",
                "other"
            );
}
