namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// What a column of a file can be. The table <c>file-columns.txt</c> has Meta's name and the usual spellings of each.
/// </summary>
internal enum FlatFileColumn
{
    // Who it was
    Email,
    Phone,
    FirstName,
    LastName,
    Name,
    Gender,
    Birthdate,
    BirthYear,
    BirthMonth,
    BirthDay,
    City,
    State,
    Zip,
    Country,
    MobileAdvertiserId,
    ExternalId,
    LeadId,
    ClickId,
    BrowserId,
    ClientIpAddress,
    ClientUserAgent,

    // The event
    EventName,
    EventTime,
    TimeOfDay,
    TimeZone,
    EventId,
    ActionSource,
    EventSourceUrl,
    UploadTag,
    Value,
    Currency,
    OrderId,
    DataProcessingOptions,
    DataProcessingCountry,
    DataProcessingState,

    // The products: these may differ between the rows of one order
    ItemNumber,
    Contents,
    ContentIds,
    ProductId,
    Quantity,
    Price,
    LineTotal,
    Brand,
    Category,
    ProductName,
}
