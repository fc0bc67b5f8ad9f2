// SPDX-License-Identifier: Apache-2.0
using Bookinfo;

// One program, four services. What runs with it decides which: productpage, details, reviews or ratings.
var role = args.Length > 0 ? args[0] : "";
var settings = new Settings(
    Host: Environment.GetEnvironmentVariable("HOST") ?? "127.0.0.1",
    Port: Environment.GetEnvironmentVariable("PORT") ?? "9080",
    Version: Environment.GetEnvironmentVariable("SERVICE_VERSION") ?? "v1",
    Name: Environment.GetEnvironmentVariable("POD_NAME") ?? role
);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://{settings.Host}:{settings.Port}");
using var downstream = new Downstream();
await using var app = builder.Build();
app.MapGet("/health", () => $"{role} is healthy\n");
switch (role)
{
    case "productpage":
        ProductPage.Map(app, downstream);
        break;
    case "details":
        Details.Map(app);
        break;
    case "reviews":
        Reviews.Map(app, settings, downstream);
        break;
    case "ratings":
        Ratings.Map(app);
        break;
    default:
        Console.Error.WriteLine(
            $"bookinfo: there is no service \"{role}\"; start it with productpage, details, reviews or ratings"
        );
        return 64;
}
await app.StartAsync();
Console.WriteLine($"{settings.Name} {settings.Version} listens on {settings.Host}:{settings.Port}");
await app.WaitForShutdownAsync();
return 0;
