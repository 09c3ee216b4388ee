using OfflineConversions.Sandbox;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSandbox();

var app = builder.Build();
app.MapSandbox();
app.Run();
