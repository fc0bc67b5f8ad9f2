// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>Requests that make no sense, and what they are told.</summary>
public class RefusalTests
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";
    private const string StrategicPatch = "application/strategic-merge-patch+json";
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string One = $"{Samples.Routes}/reviews";

    /// <summary>Method, path, body, its type; code, reason, and a part of the message.</summary>
    public static TheoryData<string, string, string?, string, int, string, string> Rows =>
        new()
        {
            // Paths.
            { "GET", "/nothing", null, "", 404, "NotFound", "could not find" },
            { "GET", "/apis/networking.istio.io/v2", null, "", 404, "NotFound", "" },
            { "GET", "/apis/networking.istio.io/v1/spam", null, "", 404, "NotFound", "" },
            { "GET", "/apis/spam.io", null, "", 404, "NotFound", "" },
            { "GET", "/api/v2", null, "", 404, "NotFound", "" },
            { "GET", "/api/v1/namespaces/default/virtualservices", null, "", 404, "NotFound", "" },
            { "GET", $"{One}/scale", null, "", 404, "NotFound", "" },
            { "GET", $"{Samples.ConfigMaps}/a/status", null, "", 404, "NotFound", "" },
            { "GET", "/apis/networking.istio.io/v1/virtualservices/reviews", null, "", 404, "NotFound", "" },
            { "GET", "/apis/networking.istio.io//v1", null, "", 404, "NotFound", "" },
            {
                "GET",
                "/apis/gateway.networking.k8s.io/v1/namespaces/default/gatewayclasses",
                null,
                "",
                404,
                "NotFound",
                ""
            },
            {
                "GET",
                $"{Samples.Routes}/nothing",
                null,
                "",
                404,
                "NotFound",
                "virtualservices.networking.istio.io \"nothing\" not found"
            },
            { "GET", $"{Samples.Services}/nothing", null, "", 404, "NotFound", "services \"nothing\" not found" },
            {
                "PUT",
                $"{Samples.Routes}/nothing",
                Routed("nothing", "1"),
                "",
                404,
                "NotFound",
                "\"nothing\" not found"
            },
            { "PATCH", $"{Samples.Routes}/nothing", "{}", MergePatch, 404, "NotFound", "\"nothing\" not found" },
            { "DELETE", $"{Samples.Routes}/nothing", null, "", 404, "NotFound", "\"nothing\" not found" },
            {
                "POST",
                "/apis/networking.istio.io/v1/namespaces/no/virtualservices",
                Samples.Route("a"),
                "",
                404,
                "NotFound",
                "namespaces \"no\" not found"
            },
            // Methods.
            { "POST", One, Samples.Route("reviews"), "", 405, "MethodNotAllowed", "POST" },
            { "PUT", Samples.Routes, Samples.Route("a"), "", 405, "MethodNotAllowed", "PUT" },
            { "POST", Samples.AllRoutes, Samples.Route("a"), "", 405, "MethodNotAllowed", "POST" },
            { "DELETE", Samples.AllRoutes, null, "", 405, "MethodNotAllowed", "DELETE" },
            { "DELETE", Samples.Namespaces, null, "", 405, "MethodNotAllowed", "DELETE" },
            { "DELETE", $"{One}/status", null, "", 405, "MethodNotAllowed", "DELETE" },
            { "OPTIONS", Samples.Routes, null, "", 405, "MethodNotAllowed", "OPTIONS" },
            { "POST", "/apis", "{}", "", 405, "MethodNotAllowed", "POST" },
            { "DELETE", "/openapi/v2", null, "", 405, "MethodNotAllowed", "DELETE" },
            // Media types.
            {
                "POST",
                Samples.Routes,
                "x",
                "text/plain",
                415,
                "UnsupportedMediaType",
                "application/json, application/yaml"
            },
            { "POST", Samples.Routes, "x", Protobuf, 415, "UnsupportedMediaType", Protobuf },
            { "PUT", One, "x", MergePatch, 415, "UnsupportedMediaType", MergePatch },
            {
                "PATCH",
                One,
                "{}",
                "application/json",
                415,
                "UnsupportedMediaType",
                $"{JsonPatch}, {MergePatch}, {ApplyPatch}"
            },
            { "PATCH", One, "{}", StrategicPatch, 415, "UnsupportedMediaType", StrategicPatch },
            { "PATCH", $"{Samples.Services}/a", "{}", "text/plain", 415, "UnsupportedMediaType", StrategicPatch },
            // Bodies.
            { "POST", Samples.Routes, "", "", 400, "BadRequest", "the body cannot be read" },
            { "POST", Samples.Routes, "{", "", 400, "BadRequest", "the body cannot be read" },
            { "POST", Samples.Routes, "[]", "", 400, "BadRequest", "must be an object" },
            { "POST", Samples.Routes, "null", "", 400, "BadRequest", "must be an object" },
            { "POST", Samples.Routes, "{\"a\":1e999}", "", 400, "BadRequest", "too large" },
            { "POST", Samples.Routes, "{\"a\":\"\\ud800\"}", "", 400, "BadRequest", "no Unicode" },
            { "POST", Samples.Routes, "a: [", "application/yaml", 400, "BadRequest", "the body cannot be read" },
            { "POST", Samples.Routes, "a: b\n---\nc: d\n", "application/yaml", 400, "BadRequest", "2 documents" },
            {
                "POST",
                Samples.Routes,
                "{\"apiVersion\":\"v1\"}",
                "",
                400,
                "BadRequest",
                "does not match the expected API version (networking.istio.io/v1)"
            },
            {
                "POST",
                Samples.Routes,
                "{\"kind\":\"Gateway\"}",
                "",
                400,
                "BadRequest",
                "(Gateway) is not VirtualService"
            },
            { "POST", Samples.Routes, "{\"kind\":1}", "", 400, "BadRequest", "must be texts" },
            { "POST", Samples.Routes, "{\"metadata\":[]}", "", 400, "BadRequest", "metadata must be an object" },
            {
                "POST",
                Samples.Routes,
                "{\"metadata\":{\"name\":1}}",
                "",
                400,
                "BadRequest",
                "metadata.name must be a text"
            },
            {
                "POST",
                Samples.Routes,
                "{\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"}}",
                "",
                400,
                "BadRequest",
                "namespace"
            },
            {
                "POST",
                Samples.Routes,
                "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\"}}",
                "",
                400,
                "BadRequest",
                "resourceVersion should not be set"
            },
            { "PUT", One, Routed("other", "1"), "", 400, "BadRequest", "does not match the name on the URL (reviews)" },
            { "PATCH", One, "[]", MergePatch, 400, "BadRequest", "must be an object" },
            { "PATCH", One, "{}", JsonPatch, 400, "BadRequest", "a list of operations" },
            { "PATCH", One, "[{\"op\":\"spam\"}]", JsonPatch, 400, "BadRequest", "operation 0" },
            {
                "PATCH",
                One,
                "{\"metadata\":{\"name\":\"other\"}}",
                MergePatch,
                400,
                "BadRequest",
                "does not match the name"
            },
            { "PATCH", One, "{\"kind\":\"Gateway\"}", MergePatch, 400, "BadRequest", "is not VirtualService" },
            { "PATCH", One, "{}", ApplyPatch, 400, "BadRequest", "fieldManager is required" },
            { "PATCH", $"{One}?fieldManager=a", "{}", ApplyPatch, 400, "BadRequest", "must have apiVersion and kind" },
            { "PATCH", $"{One}?fieldManager=a", "[]", ApplyPatch, 400, "BadRequest", "must be an object" },
            {
                "PATCH",
                $"{One}?fieldManager=a",
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {managedFields: [{}]}}",
                ApplyPatch,
                400,
                "BadRequest",
                "managedFields must be nil"
            },
            { "DELETE", One, "{\"kind\":\"Spam\"}", "", 400, "BadRequest", "kind Spam" },
            { "DELETE", One, "{\"propagationPolicy\":\"Spam\"}", "", 400, "BadRequest", "propagationPolicy" },
            { "DELETE", One, "{\"preconditions\":1}", "", 400, "BadRequest", "preconditions" },
            { "DELETE", One, "{\"dryRun\":[\"Some\"]}", "", 400, "BadRequest", "dryRun" },
            // Queries.
            { "GET", $"{Samples.Routes}?labelSelector=a%20b", null, "", 400, "BadRequest", "labelSelector" },
            { "GET", $"{Samples.Routes}?fieldSelector=spec.hosts%3Da", null, "", 400, "BadRequest", "fieldSelector" },
            { "GET", $"{Samples.Routes}?limit=x", null, "", 400, "BadRequest", "limit must be a whole number" },
            { "GET", $"{Samples.Routes}?limit=-1", null, "", 400, "BadRequest", "limit must be a whole number" },
            { "GET", $"{Samples.Routes}?resourceVersion=x", null, "", 400, "BadRequest", "resourceVersion" },
            { "GET", $"{Samples.Routes}?continue=x", null, "", 400, "BadRequest", "continue token" },
            { "GET", $"{Samples.Routes}?continue=e30", null, "", 400, "BadRequest", "continue token" },
            {
                "GET",
                $"{Samples.Routes}?resourceVersionMatch=Exact",
                null,
                "",
                422,
                "Invalid",
                "needs a resourceVersion"
            },
            {
                "GET",
                $"{Samples.Routes}?resourceVersionMatch=Spam",
                null,
                "",
                400,
                "BadRequest",
                "NotOlderThan or Exact"
            },
            {
                "GET",
                $"{Samples.Routes}?resourceVersion=0&resourceVersionMatch=Exact",
                null,
                "",
                422,
                "Invalid",
                "over 0"
            },
            {
                "GET",
                $"{Samples.Routes}?watch=true&resourceVersion=1&resourceVersionMatch=Exact",
                null,
                "",
                422,
                "Invalid",
                "sendInitialEvents"
            },
            {
                "GET",
                $"{Samples.Routes}?watch=true&sendInitialEvents=true",
                null,
                "",
                422,
                "Invalid",
                "resourceVersionMatch"
            },
            { "GET", $"{Samples.Routes}?sendInitialEvents=true", null, "", 422, "Invalid", "is for watches" },
            { "GET", $"{Samples.Routes}?allowWatchBookmarks=perhaps", null, "", 400, "BadRequest", "true or false" },
            {
                "GET",
                $"{Samples.Routes}?resourceVersion=99999",
                null,
                "",
                504,
                "Timeout",
                "Too large resource version"
            },
            {
                "GET",
                $"{Samples.Routes}?resourceVersion=99999&resourceVersionMatch=Exact",
                null,
                "",
                504,
                "Timeout",
                "Too large"
            },
            { "GET", $"{Samples.Routes}?includeObject=Spam", null, "", 400, "BadRequest", "includeObject" },
            {
                "POST",
                $"{Samples.Routes}?dryRun=Some",
                Samples.Route("a"),
                "",
                400,
                "BadRequest",
                "dryRun must be All"
            },
            {
                "POST",
                $"{Samples.Routes}?fieldValidation=Spam",
                Samples.Route("a"),
                "",
                400,
                "BadRequest",
                "Ignore, Warn or Strict"
            },
            {
                "POST",
                $"{Samples.Routes}?fieldManager=a%00b",
                Samples.Route("a"),
                "",
                400,
                "BadRequest",
                "fieldManager"
            },
            { "PATCH", $"{One}?force=true", "{}", MergePatch, 400, "BadRequest", "force is for apply" },
            // What contradicts what there is.
            {
                "POST",
                Samples.Routes,
                Samples.Route("reviews"),
                "",
                409,
                "AlreadyExists",
                "virtualservices.networking.istio.io \"reviews\" already exists"
            },
            { "PUT", One, Routed("reviews", "99999"), "", 409, "Conflict", "the object has been modified" },
            {
                "PATCH",
                One,
                "{\"metadata\":{\"resourceVersion\":\"99999\"}}",
                MergePatch,
                409,
                "Conflict",
                "the object has been modified"
            },
            { "PATCH", One, "{\"metadata\":{\"uid\":\"x\"}}", MergePatch, 409, "Conflict", "UID" },
            { "DELETE", One, "{\"preconditions\":{\"uid\":\"x\"}}", "", 409, "Conflict", "UID in precondition: x" },
            {
                "DELETE",
                One,
                "{\"preconditions\":{\"resourceVersion\":\"7777\"}}",
                "",
                409,
                "Conflict",
                "ResourceVersion in precondition: 7777"
            },
            { "DELETE", "/api/v1/namespaces/default", null, "", 403, "Forbidden", "may not be deleted" },
            // What is invalid.
            {
                "PUT",
                One,
                Samples.Route("reviews"),
                "",
                422,
                "Invalid",
                "metadata.resourceVersion: must be specified"
            },
            { "POST", Samples.Routes, "{}", "", 422, "Invalid", "metadata.name: name or generateName is required" },
            { "POST", Samples.Routes, Samples.Route("A"), "", 422, "Invalid", "metadata.name" },
            {
                "POST",
                Samples.Services,
                """{"metadata":{"name":"1a"},"spec":{"ports":[{"port":1}]}}""",
                "",
                422,
                "Invalid",
                "RFC 1035"
            },
            { "POST", Samples.Namespaces, Samples.Namespace("a.b"), "", 422, "Invalid", "RFC 1123" },
            {
                "PATCH",
                One,
                "[{\"op\":\"remove\",\"path\":\"/spec/spam\"}]",
                JsonPatch,
                422,
                "Invalid",
                "patch: operation 0, remove /spec/spam: there is no /spec/spam"
            },
            {
                "PATCH",
                One,
                "[{\"op\":\"replace\",\"path\":\"\",\"value\":1}]",
                JsonPatch,
                422,
                "Invalid",
                "nothing but an object"
            },
            { "PATCH", One, "{\"spec\":{\"hosts\":1}}", MergePatch, 422, "Invalid", "spec.h" },
            { "PATCH", One, "{\"spec\":null}", MergePatch, 422, "Invalid", "spec: is required" },
            { "PATCH", $"{One}/status", "{\"status\":1}", MergePatch, 422, "Invalid", "status: must be a mapping" },
        };

    [Fact]
    public async Task Are_told_why()
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Routes, Samples.Route("reviews"));
        var before = (await api.AskAsync("GET", One)).Body;
        foreach (var row in Rows)
        {
            var (method, path, body, type, code, reason, message) = row.Data;
            var answer = await api.AskAsync(method, path, body, type.Length > 0 ? type : "application/json");
            Assert.True(answer.Code == code, $"{method} {path} {body}: {answer.Code} {answer.Body}");
            Assert.Equal(
                ("Status", "v1", "Failure", reason, code),
                (
                    Text(answer, "kind"),
                    Text(answer, "apiVersion"),
                    Text(answer, "status"),
                    answer.Reason,
                    answer.Json["code"]!.GetValue<int>()
                )
            );
            Assert.Contains(message, answer.Message, StringComparison.Ordinal);
            Assert.Equal("application/json", answer.Type!.MediaType);
        }
        Assert.Equal(before, (await api.AskAsync("GET", One)).Body);
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf")]
    [InlineData("text/html")]
    [InlineData("application/json;as=Spam;v=v1;g=meta.k8s.io")]
    [InlineData("application/json;q=0")]
    public async Task Forms_that_there_are_not_are_406(string accept)
    {
        await using var api = await RunningApi.StartAsync();
        foreach (var path in new[] { Samples.Routes, "/apis", "/openapi/v2", "/openapi/v3/api/v1", "/version" })
        {
            var answer = await api.AskAsync("GET", path, accept: accept);
            Assert.Equal((406, "NotAcceptable"), (answer.Code, answer.Reason));
            Assert.Contains("application/json", answer.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_much_is_413()
    {
        await using var api = await RunningApi.StartAsync();
        var much = new string('x', 3 * 1024 * 1024 + 1);
        Assert.Equal((413, "RequestEntityTooLarge"), await CodeAsync(api.AskAsync("POST", Samples.Routes, much)));
        var operations = string.Join(',', Enumerable.Repeat("""{"op":"test","path":"","value":1}""", 10_001));
        Assert.Equal(
            (413, "RequestEntityTooLarge"),
            await CodeAsync(api.AskAsync("PATCH", One, $"[{operations}]", JsonPatch))
        );
        // Of unknown length, as it comes.
        using var content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(much)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Samples.Routes, UriKind.Relative))
        {
            Content = content,
        };
        request.Headers.TransferEncodingChunked = true;
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var answer = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Little_that_becomes_much_is_refused()
    {
        await using var api = await RunningApi.StartAsync();
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++)
            yaml.Append($"a{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 9)).Append("]\n");
        var answer = await api.AskAsync("POST", Samples.Routes, yaml.ToString(), "application/yaml");
        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Contains("the body cannot be read", answer.Message, StringComparison.Ordinal);
        var deep = new string('[', 100) + new string(']', 100);
        Assert.Equal(400, (await api.AskAsync("POST", Samples.Routes, $"{{\"a\":{deep}}}")).Code);
    }

    [Fact]
    public async Task Other_names_than_those_of_loopback_addresses_are_refused()
    {
        await using var api = await RunningApi.StartAsync();
        foreach (
            var (host, code) in new[]
            {
                ("evil.example.com", 403),
                ("localhost", 200),
                ("127.0.0.1", 200),
                ("[::1]", 200),
                ("10.0.0.1", 403),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Samples.Routes, UriKind.Relative));
            request.Headers.Host = host;
            using var answer = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(code, (int)answer.StatusCode);
        }
    }

    private static async Task<(int, string)> CodeAsync(Task<ApiResponse> asked)
    {
        var answer = await asked;
        return (answer.Code, answer.Reason);
    }

    private static string Routed(string name, string version) =>
        Samples
            .Route(name)
            .Replace("\"metadata\":{", $"\"metadata\":{{\"resourceVersion\":\"{version}\",", StringComparison.Ordinal);

    private static string? Text(ApiResponse answer, string field) => answer.Json[field]?.GetValue<string>();
}
