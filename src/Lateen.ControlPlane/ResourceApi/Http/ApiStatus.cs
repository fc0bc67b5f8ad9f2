// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>One reason of a <see cref="ApiStatus"/>.</summary>
/// <param name="Reason">A word of Kubernetes: <c>FieldValueInvalid</c>.</param>
/// <param name="Field"><c>spec.hosts</c>; empty where it is of the whole.</param>
internal readonly record struct StatusCause(string Reason, string Message, string Field);

/// <summary>How a request ended that gave no object: Kubernetes' <c>metav1.Status</c>.</summary>
/// <param name="Code">Of HTTP.</param>
/// <param name="Reason">A word of Kubernetes that clients decide by.</param>
internal sealed record ApiStatus(int Code, string Reason, string Message)
{
    public ApiTarget? Target { get; init; }

    /// <summary>Of the object that it is about; null where it has none yet.</summary>
    public string? Name { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>When to ask again; null where that makes no difference.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Where a list that came too late goes on.</summary>
    public string? Continue { get; init; }

    private bool IsSuccess => Code < 400;

    public static ApiStatus Success(ApiTarget target, string name, string? uid) =>
        new(200, "", "")
        {
            Target = target,
            Name = name,
            Uid = uid,
        };

    public static ApiStatus BadRequest(string message, params IReadOnlyList<StatusCause> causes) =>
        new(400, "BadRequest", message) { Causes = causes };

    public static ApiStatus Unauthorized() =>
        new(401, "Unauthorized", "nobody is known by these credentials: send a bearer token or a client certificate");

    public static ApiStatus Forbidden(string message) => new(403, "Forbidden", message);

    /// <summary>There is no such path, or no such kind.</summary>
    public static ApiStatus NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static ApiStatus NotFound(ApiTarget target, string name) =>
        new(404, "NotFound", $"{target} \"{name}\" not found") { Target = target, Name = name };

    public static ApiStatus MethodNotAllowed(string verb) =>
        new(405, "MethodNotAllowed", $"the server does not allow {verb} here");

    public static ApiStatus NotAcceptable(params IEnumerable<string> types) =>
        new(406, "NotAcceptable", $"only the following media types are accepted: {string.Join(", ", types)}");

    public static ApiStatus AlreadyExists(ApiTarget target, string name) =>
        new(409, "AlreadyExists", $"{target} \"{name}\" already exists") { Target = target, Name = name };

    public static ApiStatus Conflict(
        ApiTarget target,
        string name,
        string why,
        params IReadOnlyList<StatusCause> causes
    ) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {target} \"{name}\": {why}")
        {
            Target = target,
            Name = name,
            Causes = causes,
        };

    /// <summary>Somebody else has written it since it was read.</summary>
    public static ApiStatus Outdated(ApiTarget target, string name) =>
        Conflict(target, name, "the object has been modified; apply the changes to its latest version and try again");

    /// <summary>A revision is so old that nobody knows what happened since.</summary>
    public static ApiStatus Expired(string message) => new(410, "Expired", message);

    public static ApiStatus TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"the request is larger than {limit} bytes");

    public static ApiStatus UnsupportedMediaType(string given, params IEnumerable<string> types) =>
        new(415, "UnsupportedMediaType", $"\"{given}\" is not read here; send one of {string.Join(", ", types)}");

    public static ApiStatus Invalid(ApiTarget target, string name, IReadOnlyList<StatusCause> causes)
    {
        var told = causes.Select(static cause =>
            cause.Field.Length > 0 ? $"{cause.Field}: {cause.Message}" : cause.Message
        );
        var all = causes.Count == 1 ? told.First() : $"[{string.Join(", ", told)}]";
        return new ApiStatus(422, "Invalid", $"{target.KindName} \"{name}\" is invalid: {all}")
        {
            Target = target,
            Name = name,
            Causes = causes,
        };
    }

    public static ApiStatus Unavailable(string message) =>
        new(503, "ServiceUnavailable", message) { RetryAfterSeconds = 1 };

    public static ApiStatus Internal() => new(500, "InternalError", "an error of the server; its log says more");

    public JsonObject ToJson()
    {
        var metadata = new JsonObject();
        if (Continue is not null)
            metadata["continue"] = Continue;
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["status"] = IsSuccess ? "Success" : "Failure",
        };
        if (Message.Length > 0)
            status["message"] = Message;
        if (Reason.Length > 0)
            status["reason"] = Reason;
        if (Details() is { Count: > 0 } details)
            status["details"] = details;
        status["code"] = Code;
        return status;
    }

    private JsonObject Details()
    {
        var details = new JsonObject();
        if (Name is not null)
            details["name"] = Name;
        if (Target is not null)
        {
            if (Target.Kind.Group.Length > 0)
                details["group"] = Target.Kind.Group;
            // Kubernetes puts the plural here, but for what is invalid.
            details["kind"] = Reason == "Invalid" ? Target.Kind.Name : Target.Kind.Plural;
        }
        if (Uid is not null)
            details["uid"] = Uid;
        if (Causes.Count > 0)
            details["causes"] = new JsonArray([.. Causes.Select(CauseJson)]);
        if (RetryAfterSeconds is { } seconds)
            details["retryAfterSeconds"] = seconds;
        return details;
    }

    private static JsonObject CauseJson(StatusCause cause)
    {
        var json = new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message };
        if (cause.Field.Length > 0)
            json["field"] = cause.Field;
        return json;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Reason}: {Message}");
}
