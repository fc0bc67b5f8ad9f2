// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Lateen.Net;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Health.Checks;

/// <summary>
/// Writes a line of JSON for each thing worth telling of a cluster's health checks (Envoy <c>HealthCheckEvent</c> in its
/// file sink). Lines go to the thread that writes access logs.
/// </summary>
internal sealed class CheckEventLog
{
    private readonly AccessLogFile[] _files;
    private readonly string _cluster;
    private readonly string _checker;
    private readonly ArrayBufferWriter<byte> _line = new();

    public CheckEventLog(HealthCheckSpec spec, string cluster, AccessLogWriter writer)
    {
        _cluster = cluster;
        _checker = spec.Probe switch
        {
            HttpProbeSpec => "HTTP",
            TcpProbeSpec => "TCP",
            _ => "GRPC",
        };
        _files = new AccessLogFile[spec.EventLogPaths.Count];
        for (var i = 0; i < _files.Length; i++)
            _files[i] = writer.Open(spec.EventLogPaths[i]);
    }

    public bool IsEmpty => _files.Length == 0;

    /// <summary>Logs every event of a verdict.</summary>
    /// <param name="worker">Number of the calling worker.</param>
    public void Write(int worker, long unixTicks, EndpointEntry endpoint, CheckVerdict verdict, CheckFailure failure)
    {
        if (IsEmpty)
            return;
        var events = verdict.Events;
        Each(CheckEvents.AddHealthy, "add_healthy_event", hasFailure: false, hasFirst: true);
        Each(CheckEvents.Success, "successful_health_check_event", hasFailure: false, hasFirst: false);
        Each(CheckEvents.Degraded, "degraded_healthy_host", hasFailure: false, hasFirst: false);
        Each(CheckEvents.NoLongerDegraded, "no_longer_degraded_host", hasFailure: false, hasFirst: false);
        Each(CheckEvents.EjectUnhealthy, "eject_unhealthy_event", hasFailure: true, hasFirst: false);
        Each(CheckEvents.Failure, "health_check_failure_event", hasFailure: true, hasFirst: true);
        void Each(CheckEvents one, string name, bool hasFailure, bool hasFirst)
        {
            if ((events & one) == CheckEvents.None)
                return;
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line))
            {
                json.WriteStartObject();
                json.WriteString("health_checker_type", _checker);
                WriteHost(json, endpoint.State.Address);
                json.WriteString("cluster_name", _cluster);
                json.WriteStartObject(name);
                if (hasFailure)
                    json.WriteString("failure_type", NameOf(failure));
                if (hasFirst)
                    json.WriteBoolean("first_check", verdict.IsFirst);
                json.WriteEndObject();
                json.WriteString("timestamp", TextOf(unixTicks));
                WriteLocality(json, endpoint.Spec.Locality);
                json.WriteEndObject();
            }
            "\n"u8.CopyTo(_line.GetSpan(1));
            _line.Advance(1);
            foreach (var file in _files)
                file.Log(worker, _line.WrittenSpan);
        }
    }

    private static void WriteHost(Utf8JsonWriter json, in NetAddress address)
    {
        json.WriteStartObject("host");
        if (address.Family == AddressFamilyKind.Unix)
        {
            json.WriteStartObject("pipe");
            json.WriteString("path", address.Path);
        }
        else
        {
            json.WriteStartObject("socket_address");
            json.WriteString("protocol", "TCP");
            json.WriteString("address", address.ToIPAddress()?.ToString());
            json.WriteNumber("port_value", address.Port);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLocality(Utf8JsonWriter json, LocalitySpec locality)
    {
        json.WriteStartObject("locality");
        json.WriteString("region", locality.Region);
        json.WriteString("zone", locality.Zone);
        json.WriteString("sub_zone", locality.SubZone);
        json.WriteEndObject();
    }

    private static string TextOf(long unixTicks) =>
        DateTime.UnixEpoch.AddTicks(unixTicks).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string NameOf(CheckFailure failure) =>
        failure switch
        {
            CheckFailure.Active => "ACTIVE",
            CheckFailure.Passive => "PASSIVE",
            CheckFailure.Network => "NETWORK",
            _ => "NETWORK_TIMEOUT",
        };
}
