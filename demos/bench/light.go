// What the cases of "mailroom bench light" cost Go: an actor is a goroutine, its mailbox a channel.
// Prints one number.
//
//	light CASE HOW_OFTEN
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const workers = 2
const room = 1024 // of a mailbox: a channel needs a number

func nanoseconds(work func()) float64 {
	start := time.Now()
	work()
	return float64(time.Since(start).Nanoseconds())
}

func must(condition bool) {
	if !condition {
		panic("messages were lost")
	}
}

func count(additions int) float64 {
	type message struct{ answer chan int } // nil: to add
	box, total := make(chan message, room), make(chan int)
	go func() {
		n := 0
		for m := range box {
			if m.answer == nil {
				n++
			} else {
				m.answer <- n
			}
		}
	}()
	cost := nanoseconds(func() {
		go func() {
			for i := 0; i < additions; i++ {
				box <- message{}
			}
			box <- message{total}
		}()
		must(<-total == additions)
	})
	return cost / float64(additions)
}

func forkJoin(messagesEach int) float64 {
	const crowd = 60
	boxes := make([]chan int, crowd)
	var done sync.WaitGroup
	done.Add(crowd)
	for i := range boxes {
		boxes[i] = make(chan int, room)
		go func(mine chan int) {
			n := 0
			for range mine {
				if n++; n == messagesEach {
					done.Done()
				}
			}
		}(boxes[i])
	}
	cost := nanoseconds(func() {
		for i := 0; i < messagesEach; i++ {
			for _, b := range boxes {
				b <- i
			}
		}
		done.Wait()
	})
	return cost / float64(crowd*messagesEach)
}

func create(lives int) float64 {
	var lived sync.WaitGroup
	cost := nanoseconds(func() {
		lived.Add(lives)
		for i := 0; i < lives; i++ {
			box := make(chan int, 1)
			go func() {
				<-box
				lived.Done()
			}()
			box <- 1
		}
		lived.Wait()
	})
	return cost / float64(lives)
}

// The memory of this process that is really there.
func resident() float64 {
	file, err := os.Open("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var size, pages float64
	fmt.Fscan(file, &size, &pages)
	return pages * float64(os.Getpagesize())
}

func idle(actors int) float64 {
	const atOnce = 100
	boxes := make([]chan int, 0, actors)
	runtime.GC()
	before := resident()
	for len(boxes) < actors {
		var ready sync.WaitGroup
		ready.Add(atOnce)
		for i := 0; i < atOnce; i++ {
			box := make(chan int, 1)
			boxes = append(boxes, box)
			first := &ready
			go func() {
				n := 0
				for range box {
					if n++; n == 1 {
						first.Done()
						first = nil
					}
				}
			}()
			box <- 1
		}
		ready.Wait()
	}
	after := resident()
	return (after - before) / float64(len(boxes))
}

func main() {
	runtime.GOMAXPROCS(workers)
	cases := map[string]func(int) float64{"count": count, "fork_join": forkJoin, "create": create, "idle": idle}
	n, _ := strconv.Atoi(os.Args[2])
	fmt.Println(cases[os.Args[1]](n))
}
