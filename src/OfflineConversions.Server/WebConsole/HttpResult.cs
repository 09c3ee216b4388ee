using Microsoft.AspNetCore.Mvc;

namespace OfflineConversions.Server.WebConsole;

/// <summary>A result of the operator's routes, as that of a page.</summary>
internal sealed class HttpResult(IResult result) : ActionResult
{
    public override Task ExecuteResultAsync(ActionContext context) => result.ExecuteAsync(context.HttpContext);
}
