// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Routing;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Filters.Fault;
using Lateen.Proxy.Http;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;
using Lateen.Telemetry;
using FaultApi = Envoy.Extensions.Filters.Http.Fault.V3;

namespace DataPlane.Tests.Filters;

/// <summary>Delays and aborts: by share, by header, by route; the filter alone, with a control that records what it is asked.</summary>
public sealed class FaultTests
{
    private const string All = "\"percentage\":{\"numerator\":100}";
    private readonly ProxyStats _stats = new(1, WorkloadLabels.Nobody);

    public static TheoryData<string, string, string> Faults =>
        new()
        {
            // configuration, request, what happens: d<ms> for a delay, a<status> for an abort
            { $$"""{"abort":{"httpStatus":418,{{All}} } }""", "GET /", "a418" },
            { $$"""{"delay":{"fixedDelay":"5s",{{All}} } }""", "GET /", "d5000" },
            {
                $$"""{"delay":{"fixedDelay":"0.1s",{{All}} },"abort":{"httpStatus":503,{{All}} } }""",
                "GET /",
                "d100 a503"
            },
            { """{"abort":{"httpStatus":418}}""", "GET /", "" }, // no percentage is none at all
            { """{"delay":{"fixedDelay":"5s","percentage":{"numerator":0}}}""", "GET /", "" },
            { "{}", "GET /", "" },
            // gRPC statuses, and what HTTP clients are told of them
            { $$"""{"abort":{"grpcStatus":14,{{All}} } }""", "GET /", "a503" },
            { $$"""{"abort":{"grpcStatus":5,{{All}} } }""", "GET /", "a404" },
            // only some requests
            {
                $$"""{"abort":{"httpStatus":418,{{All}} },"headers":[{"name":"x","stringMatch":{"exact":"1"} }]}""",
                "GET /|x: 1",
                "a418"
            },
            {
                $$"""{"abort":{"httpStatus":418,{{All}} },"headers":[{"name":"x","stringMatch":{"exact":"1"} }]}""",
                "GET /|x: 2",
                ""
            },
            { $$"""{"abort":{"httpStatus":418,{{All}} },"upstreamCluster":"a"}""", "GET /", "a418" },
            { $$"""{"abort":{"httpStatus":418,{{All}} },"upstreamCluster":"b"}""", "GET /", "" },
            // requests that say what they want
            { $$"""{"delay":{"headerDelay":{},{{All}} } }""", "GET /|x-envoy-fault-delay-request: 250", "d250" },
            { $$"""{"delay":{"headerDelay":{},{{All}} } }""", "GET /|x-envoy-fault-delay-request: soon", "" },
            { $$"""{"delay":{"headerDelay":{},{{All}} } }""", "GET /", "" },
            {
                $$"""{"delay":{"headerDelay":{},{{All}} } }""",
                "GET /|x-envoy-fault-delay-request: 9|x-envoy-fault-delay-request-percentage: 0",
                ""
            },
            {
                """{"delay":{"headerDelay":{},"percentage":{"numerator":0}}}""",
                "GET /|x-envoy-fault-delay-request: 9|x-envoy-fault-delay-request-percentage: 100",
                ""
            }, // never more
            { $$"""{"abort":{"headerAbort":{},{{All}} } }""", "GET /|x-envoy-fault-abort-request: 429", "a429" },
            { $$"""{"abort":{"headerAbort":{},{{All}} } }""", "GET /|x-envoy-fault-abort-request: 99", "" },
            { $$"""{"abort":{"headerAbort":{},{{All}} } }""", "GET /|x-envoy-fault-abort-grpc-request: 7", "a403" },
            {
                $$"""{"abort":{"headerAbort":{},{{All}} } }""",
                "GET /|x-envoy-fault-abort-request: 429|x-envoy-fault-abort-request-percentage: 0",
                ""
            },
            {
                $$"""{"abort":{"httpStatus":418,{{All}} } }""",
                "GET /|x-envoy-fault-abort-request-percentage: 0",
                "a418"
            }, // only where headers count
        };

    [Theory, MemberData(nameof(Faults))]
    public void A_request_meets_its_fault(string config, string request, string expected)
    {
        Assert.Equal(expected, Run(Filter(config), Stream(request)));
        // The same by the route's settings over a filter that does nothing.
        Assert.Equal(expected, Run(Filter("{}"), Stream(request, config)));
    }

    [Fact]
    public void A_routes_settings_take_the_place_of_the_filters()
    {
        var filter = Filter($$"""{"abort":{"httpStatus":418,{{All}} },"delay":{"fixedDelay":"1s",{{All}} } }""");
        Assert.Equal("a404", Run(filter, Stream("GET /", $$"""{"abort":{"httpStatus":404,{{All}} } }""")));
        Assert.Equal("", Run(filter, Stream("GET /", "{}")));
    }

    [Theory]
    [InlineData(50, "HUNDRED", 0.5)]
    [InlineData(25, "TEN_THOUSAND", 0.0025)]
    [InlineData(10000, "MILLION", 0.01)]
    public void Shares_hold(uint numerator, string denominator, double share)
    {
        var filter = Filter(
            $$"""{"abort":{"httpStatus":418,"percentage":{"numerator":{{numerator}},"denominator":"{{denominator}}"} } }"""
        );
        var control = new Control();
        var aborted = Enumerable.Range(0, 40_000).Count(_ => Run(filter, Stream("GET /"), control).Length > 0);
        var sigma = Math.Sqrt(40_000 * share * (1 - share));
        Assert.InRange(aborted, (40_000 * share) - (3.5 * sigma), (40_000 * share) + (3.5 * sigma));
    }

    [Fact]
    public void Flags_and_counters_tell_of_faults()
    {
        var filter = Filter($$"""{"delay":{"fixedDelay":"1s",{{All}} },"abort":{"httpStatus":503,{{All}} } }""");
        var stream = Stream("GET /");
        var control = new Control();
        var verdict = filter.OnRequestHead(stream, control);
        Assert.Equal(FilterAction.Pause, verdict.Action);
        Assert.Equal(ResponseFlags.DelayInjected, stream.Flags);
        Assert.Equal("1 0 1", Counters());
        var reply = filter.OnResumed(stream, control).Reply!;
        Assert.Equal(("fault_filter_abort", ResponseFlags.FaultInjected), (reply.Details, reply.Flags));
        Assert.Equal("fault filter abort", Requests.Text(reply.Body));
        Assert.Equal("1 1 0", Counters());
    }

    [Fact]
    public void Delays_under_way_may_be_limited()
    {
        var filter = Filter($$"""{"delay":{"fixedDelay":"1s",{{All}} },"maxActiveFaults":1}""");
        var control = new Control();
        Assert.Equal(FilterAction.Pause, filter.OnRequestHead(Stream("GET /"), control).Action);
        Assert.Equal(FilterAction.Continue, filter.OnRequestHead(Stream("GET /"), control).Action);
        Assert.Equal(1, Value("faults_overflow"));
        filter.OnResumed(Stream("GET /"), control);
        Assert.Equal(FilterAction.Pause, filter.OnRequestHead(Stream("GET /"), control).Action);
    }

    [Fact]
    public void A_grpc_client_gets_the_grpc_status()
    {
        var filter = Filter($$"""{"abort":{"grpcStatus":8,{{All}} } }""");
        var stream = Stream("POST /s/m|content-type: application/grpc");
        stream.Flags |= filter.OnRequestHead(stream, new Control()).Reply!.Flags;
        filter.OnResponseHead(stream);
        Assert.Equal("grpc-status: 8", Requests.Lines(stream.Response.Headers));
    }

    private static StreamInfo Stream(string request, string? settings = null)
    {
        var stream = Requests.Of(request);
        var own = settings is null
            ? ""
            : $$""", "typedPerFilterConfig":{"fault":{"@type":"type.googleapis.com/{{FaultApi.HTTPFault.Descriptor.FullName}}",{{settings.Trim()[1..]}} }""";
        if (settings?.Trim() == "{}")
            own =
                $$""", "typedPerFilterConfig":{"fault":{"@type":"type.googleapis.com/{{FaultApi.HTTPFault.Descriptor.FullName}}"} }""";
        stream.Route = Requests
            .Routes($$"""{"match":{"prefix":"/"},"route":{"cluster":"a"}{{own}} }""")
            .Match(stream.Request, 0);
        return stream;
    }

    private IHttpFilter Filter(string config)
    {
        var factory = new FaultFilterFactory();
        var context = new DecodeContext();
        var any = Google.Protobuf.WellKnownTypes.Any.Pack(Requests.Json.Parse<FaultApi.HTTPFault>(config));
        var decoded = factory.DecodeConfig(any, "fault", context);
        Assert.Equal("", context.ToString());
        return factory.Create("fault", decoded!, new HttpFilterEnvironment("test", _stats));
    }

    private static string Run(IHttpFilter filter, StreamInfo stream, Control? control = null)
    {
        control ??= new Control();
        control.Asked.Clear();
        var verdict = filter.OnRequestHead(stream, control);
        if (verdict.Action == FilterAction.Pause)
            verdict = filter.OnResumed(stream, control);
        if (verdict.Reply is { } reply)
            control.Asked.Add($"a{reply.Status}");
        return string.Join(' ', control.Asked);
    }

    private string Counters() => $"{Value("delays_injected")} {Value("aborts_injected")} {Value("active_faults")}";

    private long Value(string name)
    {
        var samples = new List<Sample>();
        _stats.Fault("test").Collect(samples);
        return samples.Single(sample => sample.PlainName == $"http.test.fault.{name}").Value;
    }

    private sealed class Control : IFilterControl
    {
        private readonly Random _draws = new(11);

        public List<string> Asked { get; } = [];

        public int Worker => 0;

        public long NowTimestamp => 0;

        public ulong NextRandom() => (ulong)_draws.NextInt64();

        public ClusterRuntime? FindCluster(string name) => throw new InvalidOperationException("it asks for none");

        public void Resume() => throw new InvalidOperationException("the fault filter has nobody to wait for");

        public void Resume(LocalReply reply) => Resume();

        public void ResumeAfter(TimeSpan delay) => Asked.Add($"d{delay.TotalMilliseconds}");
    }
}
