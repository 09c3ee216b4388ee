using System.Reflection;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Targets.Meta;

public class StageTests
{
    [Fact]
    public void No_stage_after_hashing_can_see_clear_match_keys()
    {
        foreach (var stage in new[] { typeof(CleanedEvent), typeof(Judgement), typeof(PricedEvent) })
        {
            TypesIn(stage, []).Should().Contain(typeof(ConversionEvent)).And.NotContain(typeof(MatchKeys));
        }
    }

    /// <summary>Every type of this project that a value of the type can refer to.</summary>
    private static HashSet<Type> TypesIn(Type type, HashSet<Type> found)
    {
        var isOurs = type.Assembly == typeof(ConversionEvent).Assembly;
        if (isOurs && !found.Add(type))
        {
            return found;
        }

        var fields = isOurs
            ? type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(field => field.FieldType)
            : [];
        foreach (var next in fields.Concat(type.GetGenericArguments()))
        {
            TypesIn(next.HasElementType ? next.GetElementType()! : next, found);
        }

        return found;
    }
}
