using OfflineConversions.Sandbox;

var builder = WebApplication.CreateBuilder(args);

// The framework's request log shows the query, where a caller may have put its token.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSandbox();

var app = builder.Build();
app.MapSandbox();
app.Run();

/// <summary>Kept to itself: the server that mounts the sandbox has a Program of its own.</summary>
internal sealed partial class Program;
