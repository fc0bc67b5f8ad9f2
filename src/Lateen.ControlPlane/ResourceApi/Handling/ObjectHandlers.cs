// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.ControlPlane.ResourceApi.Http;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>What comes of a request for objects: an object, a list or a failure.</summary>
internal sealed record ObjectAnswer(
    int Code,
    JsonObject? Object = null,
    ObjectList? List = null,
    ApiStatus? Failure = null
)
{
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public static ObjectAnswer Of(ApiStatus failure) => new(failure.Code, Failure: failure);
}

/// <summary>Carries out what is asked of objects, but for watches.</summary>
internal sealed class ObjectHandlers(
    ObjectReads reads,
    ObjectWrites writes,
    ObjectPatches patches,
    ObjectDeletion deletion,
    ReferenceAdvice? advice
)
{
    /// <param name="verb">Of Kubernetes, but <c>watch</c>.</param>
    public Task<ObjectAnswer> AskAsync(string verb, HttpRequest request, ApiTarget target, CancellationToken stop) =>
        verb switch
        {
            "get" => GetAsync(target, stop),
            "list" => ListAsync(request, target, stop),
            "create" => CreateAsync(request, target, stop),
            "update" => UpdateAsync(request, target, stop),
            "patch" => PatchAsync(request, target, stop),
            "delete" => DeleteAsync(request, target, stop),
            "deletecollection" => DeleteAllAsync(request, target, stop),
            _ => throw new UnreachableException($"{verb} is no verb"),
        };

    private async Task<ObjectAnswer> GetAsync(ApiTarget target, CancellationToken stop) =>
        (await reads.GetAsync(target, stop).ConfigureAwait(false)).Is(out var item, out var failure)
            ? new ObjectAnswer(200, item)
            : ObjectAnswer.Of(failure);

    private async Task<ObjectAnswer> ListAsync(HttpRequest request, ApiTarget target, CancellationToken stop)
    {
        if (!ListOptions.Read(request.Query).Is(out var options, out var failure))
            return ObjectAnswer.Of(failure);
        return (await reads.ListAsync(target, options, stop).ConfigureAwait(false)).Is(out var list, out failure)
            ? new ObjectAnswer(200, List: list)
            : ObjectAnswer.Of(failure);
    }

    private Task<ObjectAnswer> CreateAsync(HttpRequest request, ApiTarget target, CancellationToken stop) =>
        WriteAsync(request, target, writes.CreateAsync, stop);

    private Task<ObjectAnswer> UpdateAsync(HttpRequest request, ApiTarget target, CancellationToken stop) =>
        WriteAsync(request, target, writes.UpdateAsync, stop);

    private async Task<ObjectAnswer> WriteAsync(
        HttpRequest request,
        ApiTarget target,
        Func<WriteContext, JsonObject, CancellationToken, Task<Outcome<Written>>> write,
        CancellationToken stop
    )
    {
        if (!WriteOptions.Read(request).Is(out var options, out var failure))
            return ObjectAnswer.Of(failure);
        if (!(await RequestBody.ReadAsync(request, target, stop).ConfigureAwait(false)).Is(out var text, out failure))
            return ObjectAnswer.Of(failure);
        if (text.Value is not JsonObject item)
            return ObjectAnswer.Of(ApiStatus.BadRequest("the body must be an object"));
        var context = new WriteContext(target, options) { Duplicates = text.Duplicates };
        var outcome = await write(context, item, stop).ConfigureAwait(false);
        return await AnswerOfAsync(outcome, context, stop).ConfigureAwait(false);
    }

    private async Task<ObjectAnswer> PatchAsync(HttpRequest request, ApiTarget target, CancellationToken stop)
    {
        var type = RequestBody.MediaType(request);
        if (!ObjectPatches.TypesOf(target).Contains(type))
            return ObjectAnswer.Of(ApiStatus.UnsupportedMediaType(type, ObjectPatches.TypesOf(target)));
        var isApply = type == RequestBody.ApplyPatch;
        if (!WriteOptions.Read(request, isApply).Is(out var options, out var failure))
            return ObjectAnswer.Of(failure);
        if (!(await RequestBody.ReadAsync(request, isApply, stop).ConfigureAwait(false)).Is(out var text, out failure))
            return ObjectAnswer.Of(failure);
        var context = new WriteContext(target, options) { Duplicates = text.Duplicates, IsApply = isApply };
        var outcome = await patches.PatchAsync(context, type, text.Value, stop).ConfigureAwait(false);
        return await AnswerOfAsync(outcome, context, stop).ConfigureAwait(false);
    }

    private async Task<ObjectAnswer> DeleteAsync(HttpRequest request, ApiTarget target, CancellationToken stop)
    {
        var read = await RequestBody.ReadDeleteOptionsAsync(request, stop).ConfigureAwait(false);
        if (!read.Is(out var options, out var failure))
            return ObjectAnswer.Of(failure);
        if (!(await deletion.DeleteAsync(target, options, stop).ConfigureAwait(false)).Is(out var deleted, out failure))
            return ObjectAnswer.Of(failure);
        return deleted.IsGone
            ? new ObjectAnswer(
                200,
                ApiStatus.Success(target, target.Name, deleted.Object.Member("metadata").Text("uid")).ToJson()
            )
            : new ObjectAnswer(200, deleted.Object);
    }

    private async Task<ObjectAnswer> DeleteAllAsync(HttpRequest request, ApiTarget target, CancellationToken stop)
    {
        var read = await RequestBody.ReadDeleteOptionsAsync(request, stop).ConfigureAwait(false);
        if (
            !read.Is(out var options, out var failure)
            || !ListOptions.Read(request.Query).Is(out var which, out failure)
        )
            return ObjectAnswer.Of(failure);
        if (!(await reads.ListAsync(target, which, stop).ConfigureAwait(false)).Is(out var list, out failure))
            return ObjectAnswer.Of(failure);
        foreach (var item in list.Items)
        {
            var one = target with
            {
                Name = item.Member("metadata").Text("name")!,
                Namespace = item.Member("metadata").Text("namespace") ?? "",
            };
            var deleted = await deletion.DeleteAsync(one, options, stop).ConfigureAwait(false);
            // Somebody else was faster.
            if (deleted.Failure is { Reason: not "NotFound" } refused)
                return ObjectAnswer.Of(refused);
        }
        return new ObjectAnswer(200, List: list);
    }

    private async Task<ObjectAnswer> AnswerOfAsync(
        Outcome<Written> outcome,
        WriteContext context,
        CancellationToken stop
    )
    {
        if (!outcome.Is(out var written, out var failure))
            return ObjectAnswer.Of(failure) with { Warnings = context.Warnings };
        if (advice is not null && !context.Target.IsStatus)
        {
            var missing = await advice
                .OfAsync(context.Target.Key, written.Object, RevisionOf(written, context), stop)
                .ConfigureAwait(false);
            foreach (var problem in missing)
                ObjectAdmission.Warn(context, problem);
        }
        return new ObjectAnswer(written.IsNew ? 201 : 200, written.Object) { Warnings = context.Warnings };
    }

    private static long? RevisionOf(Written written, WriteContext context) =>
        context.Options.IsDryRun
            ? null
            : StoredObjects.Revision(written.Object.Member("metadata").Text("resourceVersion") ?? "");
}
