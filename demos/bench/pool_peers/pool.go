// What the cases of "mailroom bench pool" cost Go. Prints one number.
//
//	pool routines|workers CASE HOW_OFTEN
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"time"
)

const workers = 2

// A pool runs tasks, whose results come through channels.
type pool struct {
	tasks chan func() // nil: a goroutine for each
}

func newPool(kind string, size, room int) *pool {
	if kind == "routines" {
		return &pool{}
	}
	p := &pool{make(chan func(), room)}
	for i := 0; i < size; i++ {
		go func() {
			for f := range p.tasks {
				f()
			}
		}()
	}
	return p
}

func (p *pool) post(f func()) {
	if p.tasks == nil {
		go f()
	} else {
		p.tasks <- f
	}
}

func (p *pool) submit(f func() int) chan int {
	result := make(chan int, 1)
	p.post(func() { result <- f() })
	return result
}

func one() int { return 1 }

func must(condition bool) {
	if !condition {
		os.Exit(1)
	}
}

func nanoseconds(work func()) float64 {
	start := time.Now()
	work()
	return float64(time.Since(start).Nanoseconds())
}

func submitAllAndGet(p *pool, tasks int, f func() int) {
	results := make([]chan int, 0, tasks)
	for i := 0; i < tasks; i++ {
		results = append(results, p.submit(f))
	}
	done := 0
	for _, r := range results {
		<-r
		done++
	}
	must(done == tasks)
}

func roundTrip(p *pool, trips int, part float64, idle time.Duration) float64 {
	times := make([]float64, 0, trips)
	for i := 0; i < trips; i++ {
		time.Sleep(idle)
		times = append(times, nanoseconds(func() { must(<-p.submit(one) == 1) }))
	}
	sort.Float64s(times)
	return times[int(part*float64(trips))]
}

//go:noinline
func compute(turns int) int {
	x := uint64(1)
	for i := 0; i < turns; i++ {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return int(x & 1)
}

func computingTasks(p *pool, microseconds, tasks int) float64 {
	const turns = 1000000
	quickest := nanoseconds(func() { compute(turns) })
	for i := 0; i < 5; i++ {
		quickest = min(quickest, nanoseconds(func() { compute(turns) }))
	}
	each := int(turns / quickest * 1000 * float64(microseconds))
	inALoop := func() float64 {
		return nanoseconds(func() {
			for i := 0; i < tasks; i++ {
				compute(each)
			}
		})
	}
	before := inALoop()
	elapsed := nanoseconds(func() { submitAllAndGet(p, tasks, func() int { return compute(each) }) })
	return elapsed / ((before + inALoop()) / 2 / workers)
}

func min(a, b float64) float64 {
	if a < b {
		return a
	}
	return b
}

func fib(p *pool, n int) int {
	if n < 2 {
		return n
	}
	x := p.submit(func() int { return fib(p, n-1) })
	y := fib(p, n-2)
	return <-x + y
}

func memory(p *pool, tasks int) float64 {
	resident := func() float64 {
		file, _ := os.ReadFile("/proc/self/statm")
		var pages float64
		fmt.Sscanf(string(file), "%f %f", &pages, &pages)
		return pages * float64(os.Getpagesize())
	}
	results := make([]chan int, tasks)
	var busy sync.WaitGroup
	start := make(chan bool)
	wait := func() int { <-start; return 1 }
	if p.tasks != nil {
		busy.Add(workers)
		for i := 0; i < workers; i++ {
			p.post(func() { busy.Done(); <-start })
		}
		busy.Wait()
	}
	for i := range results {
		results[i] = nil
	}
	before := resident()
	for i := range results {
		results[i] = p.submit(wait)
	}
	time.Sleep(10 * time.Millisecond)
	after := resident()
	close(start)
	for _, r := range results {
		<-r
	}
	return (after - before) / float64(tasks)
}

func run(kind, what string, n int) float64 {
	switch what { // with pools of their own
	case "sleeps":
		return nanoseconds(func() {
			submitAllAndGet(newPool(kind, 64, 4096), n, func() int { time.Sleep(time.Millisecond); return 1 })
		}) / 1e6
	case "memory":
		return memory(newPool(kind, workers, n), n)
	}
	p := newPool(kind, workers, 4096)
	submitAllAndGet(p, 200, one)
	switch what {
	case "submit_and_get":
		return nanoseconds(func() { submitAllAndGet(p, n, one) }) / float64(n)
	case "post":
		return nanoseconds(func() {
			var left sync.WaitGroup
			left.Add(n)
			for i := 0; i < n; i++ {
				p.post(left.Done)
			}
			left.Wait()
		}) / float64(n)
	case "two_submitters":
		return nanoseconds(func() {
			var submitters sync.WaitGroup
			submitters.Add(2)
			for i := 0; i < 2; i++ {
				go func() { submitAllAndGet(p, n/2, one); submitters.Done() }()
			}
			submitters.Wait()
		}) / float64(n)
	case "round_trip":
		return roundTrip(p, n, 0.5, 0)
	case "slow_round_trip":
		return roundTrip(p, n, 0.99, 0)
	case "round_trip_after_idle":
		return roundTrip(p, n, 0.5, 2*time.Millisecond)
	case "tasks_of_1_us":
		return computingTasks(p, 1, n)
	case "tasks_of_10_us":
		return computingTasks(p, 10, n)
	case "tasks_of_100_us":
		return computingTasks(p, 100, n)
	case "fork_join":
		return nanoseconds(func() { must(fib(p, n) == 832040) }) / 1e6
	}
	os.Exit(2)
	return 0
}

func main() {
	runtime.GOMAXPROCS(workers)
	n, _ := strconv.Atoi(os.Args[3])
	fmt.Println(run(os.Args[1], os.Args[2], n))
}
