using OfflineConversions.Sandbox;

var builder = WebApplication.CreateBuilder(args);

// The framework's request log would show the query, which may contain a token.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSandbox();

var app = builder.Build();
app.MapSandbox();
app.Run();

/// <summary>Internal, because the server that mounts the sandbox has its own Program.</summary>
internal sealed partial class Program;
