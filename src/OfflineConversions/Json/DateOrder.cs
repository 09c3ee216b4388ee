namespace OfflineConversions.Json;

/// <summary>How a date is read whose first two parts could both be the month.</summary>
public enum DateOrder
{
    /// <summary>03/04/1990 is 4 March.</summary>
    MonthFirst,

    /// <summary>03/04/1990 is 3 April.</summary>
    DayFirst,
}
