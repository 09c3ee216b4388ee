using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

public sealed class IdleOfThreadTests
{
    [Fact]
    public void Match_keys_that_a_thread_released_are_rented_by_no_other_one() =>
        IsOfOneThread(MatchKeys.Rent, keys => keys.Release());

    [Fact]
    public void A_stack_that_a_thread_disposed_of_is_rented_by_no_other_one() =>
        IsOfOneThread(ScratchStack.Rent, stack => stack.Dispose());

    private static void IsOfOneThread<T>(Func<T> rent, Action<T> giveBack)
        where T : class
    {
        var givenBack = rent();
        giveBack(givenBack);
        T? other = null;

        var thread = new Thread(() => other = rent());
        thread.Start();
        thread.Join();

        other.Should().NotBeNull().And.NotBeSameAs(givenBack);
        rent().Should().BeSameAs(givenBack);
    }
}
